import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/folder.js';
import { runWiremux, startWiremux } from '../support/wiremux.js';

interface TextFormRow {
  readonly dialect: string;
  readonly frame: string;
  readonly text: string;
}

const folder = temporaryFolder();
const rows = readFileSync(new URL('../vectors/text-form.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as TextFormRow);
const REQUEST = '0b00000100010111a1446e616d65446563686f';

describe('wiremux frames', () => {
  it.each([...new Set(rows.map((row) => row.dialect))])(
    'SPEC 6.1 encodes every vector of dialect %s',
    async (dialect) => {
      const own = rows.filter((row) => row.dialect === dialect);
      const input = own.map((row) => `${row.text}\n`).join('');
      const encoded = await runWiremux(['frames', 'encode', '--dialect', dialect, '--hex'], { input });
      expect(encoded).toEqual({
        status: 0,
        signal: null,
        stdout: own.map((row) => `${row.frame}\n`).join(''),
        stderr: '',
      });
    },
  );

  it('SPEC 6.11 decodes what it encoded, by file and by stdin', async () => {
    const own = rows.filter((row) => row.dialect === '0006');
    const bytes = Buffer.from(own.map((row) => row.frame).join(''), 'hex');
    const file = folder.write('frames.bin', bytes);
    const [byFile, byStdin] = await Promise.all([
      runWiremux(['frames', 'decode', file, '--dialect', 'exp-framing-0006']),
      runWiremux(['frames', 'decode', '-', '--dialect', '0006'], { input: bytes }),
    ]);
    expect(byFile).toEqual(byStdin);
    expect(byFile).toMatchObject({ status: 0, stderr: '' });
    expect(byFile.stdout.split('\n')).toHaveLength(own.length + 1);

    const again = await runWiremux(['frames', 'encode', '--dialect', '0006', '--hex'], { input: byFile.stdout });
    expect(again.stdout).toBe(own.map((row) => `${row.frame}\n`).join(''));
  });

  it('reads hexadecimal, and prints literals', async () => {
    const decoded = await runWiremux(['frames', 'decode', '--hex', '--literals'], { input: `${REQUEST}\n` });
    expect(decoded.stdout).toBe("1 1 stream-begin command-request new cbor:{b'name': b'echo'}\n");
  });

  it('prints a line as soon as its frame is complete', async () => {
    const decoder = startWiremux(['frames', 'decode']);
    decoder.stdin.write(Buffer.from(REQUEST, 'hex'));
    expect(await decoder.line()).toBe('1 1 stream-begin command-request new \\xa1DnameDecho');
    decoder.stdin.end();
    expect(await decoder.ended()).toMatchObject({ status: 0, stderr: '' });
  });

  it.each([
    ['decode', [], Buffer.from(`${REQUEST}0a0000`, 'hex'), 22, 'begins at byte 19'],
    ['decode', ['--hex'], `${REQUEST} 0x`, 40, '"x"'],
    ['encode', [], '1 1 0 command-data eos a\n1 1 0 command-date eos b\n', 31, 'type'],
  ])('%s %j ends with status 1 and the byte offset of what is wrong', async (mode, flags, input, offset, why) => {
    const ended = await runWiremux(['frames', mode, ...flags], { input });
    expect(ended.status).toBe(1);
    expect(ended.stderr).toMatch(new RegExp(`^wiremux: bad-input: Byte ${offset}: .*${why}.*\n$`));
    expect(ended.stdout).not.toBe('');
  });

  it('ends quietly when nobody reads on', async () => {
    const decoder = startWiremux(['frames', 'decode', '--hex']);
    decoder.stdin.write(`${REQUEST}\n`);
    await decoder.line();
    decoder.closeStdout();
    for (let at = 0; at < 1_000; at += 1) decoder.stdin.write(`${REQUEST}\n`.repeat(100));
    expect(await decoder.ended()).toMatchObject({ status: 0, stderr: '' });
  });
});
