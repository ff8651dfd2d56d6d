import { describe, expect, it } from 'vitest';
import { createLogger } from '../../src/log/logger.js';
import { formatLine } from '../../src/log/terminal.js';

function recording(isTTY: boolean): { readonly lines: string[]; readonly isTTY: boolean; write(text: string): void } {
  const lines: string[] = [];
  return { lines, isTTY, write: (text) => lines.push(text) };
}

describe('the log', () => {
  it('is one JSON object a line where nobody watches', () => {
    const output = recording(false);
    createLogger('info', output).info({ connection: 'c1' }, 'Hello.');
    expect(output.lines).toHaveLength(1);
    expect(JSON.parse(output.lines[0] as string)).toEqual({
      level: 30,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      connection: 'c1',
      msg: 'Hello.',
    });
  });

  it('is for people on a terminal', () => {
    const output = recording(true);
    createLogger('info', output).warn({ connection: 'c1', command: 'two words', n: 1 }, 'Slow.');
    expect(output.lines[0]).toMatch(/^\d\d:\d\d:\d\d warn {2}Slow\. connection=c1 command="two words" n=1\n$/);
  });

  it('says nothing below its level', () => {
    const output = recording(false);
    const log = createLogger('warn', output);
    log.info({}, 'quiet');
    log.error({}, 'loud');
    expect(output.lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['loud']);
    createLogger('silent', output).error({}, 'never');
    expect(output.lines).toHaveLength(1);
  });

  it('has the stack of an error', () => {
    const output = recording(true);
    createLogger('info', output).error({ err: new TypeError('broken') }, 'A command failed.');
    expect(output.lines[0]).toMatch(/error A command failed\.\n {4}TypeError: broken\n {8}at /);
  });

  it('keeps the type of an error that was described already', () => {
    const output = recording(false);
    createLogger('info', output).error({ err: { type: 'RangeError', message: 'too far' } }, 'A command failed.');
    expect(JSON.parse(output.lines[0] as string)).toMatchObject({ err: { type: 'RangeError', message: 'too far' } });
  });

  it('never has what is secret', () => {
    const output = recording(false);
    const log = createLogger('info', output);
    const settings = { token: 's3cret', secret: 's3cret', authorization: 's3cret', cookie: 's3cret' };
    log.info({ ...settings, settings, headers: settings }, 'A client came.');
    expect(output.lines[0]).toContain('(not shown)');
    expect(output.lines[0]).not.toContain('s3cret');
  });
});

describe('formatLine', () => {
  it('quotes what could be mistaken, and copes with what it does not know', () => {
    const entry = { level: 35, time: '2026-01-02T03:04:05.678Z', a: 'x=y', b: '', c: { d: [1] } };
    expect(formatLine(entry)).toBe('03:04:05 35     a="x=y" b="" c={"d":[1]}\n');
  });

  it('shows an error without a stack by its message', () => {
    const entry = { level: 50, time: '2026-01-02T03:04:05.678Z', msg: 'Failed.', err: { message: 'why' } };
    expect(formatLine(entry)).toBe('03:04:05 error Failed.\n    why\n');
  });
});
