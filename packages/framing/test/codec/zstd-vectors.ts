/** Payloads of one stream as Node 22 encodes them, so that decoders are tested on a Node without zstd too. */
export interface ZstdPayload {
  readonly plain: Uint8Array;
  readonly encoded: Uint8Array;
}

const text = '{"id":17,"name":"gateway","value":null} the stream of the gateway, the name of the stream; ';
const reversed = text.repeat(4).split('').reverse().join('');

/** Letters, the first of the alphabet far more often than the last. */
function letters(size: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: size }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const drawn = (state >>> 16) & 255;
    return 97 + Math.min(25, Math.floor((drawn * drawn) / 2_600));
  });
}

function payload(plain: Uint8Array, encoded: string, as: 'hex' | 'base64' = 'hex'): ZstdPayload {
  return { plain: new Uint8Array(plain), encoded: new Uint8Array(Buffer.from(encoded, as)) };
}

/** Compressed blocks, one that repeats the tables of the one before, a run and a raw block, in one open frame. */
export const ZSTD_STREAM: readonly ZstdPayload[] = [
  payload(
    Buffer.from(text),
    '28b52ffd003854020022c40e15a03907fde946d2f5096cdf9a5295e2b31d2651d58327a0bf921dad0e811cfa2bd9ddc86b526a0af5' +
      '2d39e9e962e5e9a2a847ab9e00401d8e320104003c8960de632a43453ba1',
  ),
  payload(Buffer.from(text), '3c0000000100e84d0108'),
  payload(
    Buffer.from(reversed),
    '740200c403203b6d61657274732065687420666f20656d616e2c796177657461677d6c6c756e3a2265756c6176222c22223a22656d' +
      '616e222c37313a226469227b05001dbca016a65c291517cf175d2877',
  ),
  payload(Buffer.alloc(3_000), 'c25d0000'),
  payload(Buffer.from('x'), '08000078'),
];

/** Literals in one and in four bitstreams, with tables of their own and those of the block before. */
export const ZSTD_LITERALS: readonly ZstdPayload[] = [
  payload(
    letters(600, 1),
    'KLUv/QA4TAsAhmVZF4Cl1RiWWNsf//8klSWUTUqPkRiJkchKUABRAFEAgW+VrnB6MbYEPu7QMu2U9QKJTpdSKwmwqzqD4OzgpJZtd4Hv' +
      'Vh6vY0kmbp8hi4IhUeSOttu1GuhTLhCm/Q2iKpN3+H1o4RZS/t2jSzwB3ZiFECZwhUgkDHOjr0sNcL7hzN9gdjer7cc2zk34nBqezMi5' +
      'tdkMpwDzh6DlaqgAs1WMZo0IgsQExyuZrkKlrPXeV+hF0APcgCcNdFzb7GjBQCRJOGikhOKkyIS2R4whiB75Y5MkC8TUuQ0kSnDDPHbE' +
      'DaaDcxClCTOOE5kjdPPFblg4nroLu6Bt/iDPdxs8Hwe4xiqrvMOflE67g7wnPfEVuzQsUE1i/HWqkRrmMiAMt5TjCFFV7j/OpZdhNB3C' +
      'jqci6xxm72EpQYsjjKKRA6s0+CzfIrJ/zqhAEEUxA9Fbg+BSZAIKsgACcZDBOnh56KKomgC3sV4MAA==',
    'base64',
  ),
  payload(
    letters(600, 2),
    'tAoAh6VUVABUAE8AiwLDp3C7VIgEMLyBgwQ2ysgRYAYwIjiaGL7XqG3NEFCO950KnPI7blhYIo8lzyLkJUaANBdxvgAAdNENDNV+bLnA' +
      'p0OKxgMB3J9DliG5VJY2LIUNGhDEqX5eglTPMxNBHAgfps4gphUNZbTsjkM8JMQBFGzvosxlcOTVp8qqFGTvOJBsh/cFaxVAbT6HBTBP' +
      'cFgWaBqBB7SHggsQR72UJiZiCAKNBHUBDwRNgi/Qa8bVFVWUQ4JtCIpDkEDfLeSFBent9YMr/obWnZligvFCKHLkfFw4+BIp1IdwAqbr' +
      'sc8rOpTI49V7bQswHMBxZzqeErgzAus+ASVQBIeQWAFNDZ7nNeJMrqEEyplTJ3SbwLAyaBBXIhKidZI5jhBFoLC/sqwNQvKDZR6CfENZ' +
      '7jVAGNN+QSAXQGHCADA8T06IRjbGMwxF9J1MUPgbRyAA',
    'base64',
  ),
  payload(
    letters(60, 3),
    '4AEAbnhrZWFlYWZsYWVvZGlhbnFmamFhdmJkY2JhcnhjYXFvYXZvdGVhYWJhYWJ0ZWJkYWZhYWNjb2FlYXR0',
    'base64',
  ),
  payload(
    letters(1500, 1),
    'RBAAR7h/fgB/AH4AeYjWCBMpuJMP7T6hlGYQgrpCQiMAMysRjGe4tfoChh/sv+HY4coD5OY1FQIGyG2WgVKYchyqhQRgjAMozvGVVPlW' +
      'MjPljN+BeIBswb0sBIWCi/JqGenRAMVYHI4xSED2c8EJiiknITPxm8NApxbhGsLlSCaH3D8mILkGibEQdwK4/jox34gnAyiJaScxX94p' +
      'QHqA1JAgEgeqn19mADjgKMFl4oBBoY55Lwl6STFxJ+VJswDtZNLwKdCigAyKIDkQARpBVOhCpzTICkspDpgnJCkaPqRmdpcWVq2RfDSA' +
      'jdsDLfXi4GhHJQBxJqHjCkNsWkB3DQMCfjRh6oWxEeS0THYomYIxbV1YDM1Kciokromo3oJQkDoSS2KO/KDwmJi090OyuYBFPEXgckRw' +
      'SS7uj+4ZjQQrFIqnNGaH2KKskzSlWM5Hg8tiscJuzKFFTmQnwzBsM4uEGAsDhGxKPpOR4OJJCGkABKIDg8FWjsmsPlMcMA/DZwJBOXkm' +
      'KeQnkwRwnC6P9xP9TwQYOBmuLwEE+RKkEEdA4IbNBtoQqYUJFgYHkWvpwPCwcSxOQJdMOEU4AD7Wd9wOnubuFCMOAtcZACASfDUAAEEA' +
      'qL0YF6d4MYQ6jHMEXfxkshBqOZ32IAoRXPzG/J0AERcGg68mthwrdx4wyPCKSMECAQBV3qkyEA==',
    'base64',
  ),
  payload(
    letters(200, 4),
    'lAMAMwwaT8bzIUHgXgOQki15Y5aO3Njcwt8D5m4npVjMwAMCIBwgq/tMkiAdNu9oIkAO1vhDX+YawOh730QYFBoLP7LpXwlkIwiBPJqu' +
      'yvKbkgpxrQIBCNDFDZEsBu9KpiL+882Rj8COBBhWYIABABEuAUIB',
    'base64',
  ),
];
