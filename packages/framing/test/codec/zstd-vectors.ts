/** Payloads of one stream as Node 22 encodes them, so that decoders are tested on a Node without zstd too. */
export interface ZstdPayload {
  readonly plain: Uint8Array;
  readonly encoded: Uint8Array;
}

const text = '{"id":17,"name":"gateway","value":null} the stream of the gateway, the name of the stream; ';
const reversed = text.repeat(4).split('').reverse().join('');

function payload(plain: Uint8Array, hex: string): ZstdPayload {
  return { plain: new Uint8Array(plain), encoded: new Uint8Array(Buffer.from(hex, 'hex')) };
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
