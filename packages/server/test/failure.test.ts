import { WiremuxError } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import { answerError, describeError, isAbort, logFailure } from '../src/failure.js';
import { type LogLine, recordingLogger } from './support/rig.js';

const labels = { requestId: 1, command: 'test', principal: 'ann' };

function logged(thrown: unknown): LogLine | undefined {
  const lines: LogLine[] = [];
  logFailure(recordingLogger(lines), labels, thrown);
  return lines[0];
}

describe('answerError', () => {
  it('lets a WiremuxError pass', () => {
    const error = new WiremuxError('not-allowed', 'No.', { data: 1 });
    expect(answerError(error)).toBe(error);
  });

  it('gives the message of any other error, and keeps the error as the cause', () => {
    const error = new RangeError('out of range');
    expect(answerError(error)).toMatchObject({ code: 'command-failed', message: 'out of range', cause: error });
  });

  it.each([
    ['a text', 'a text'],
    ['', 'The command failed without a message.'],
    [new Error(), 'The command failed without a message.'],
    [undefined, 'The command threw something that is not an error.'],
    [{ message: 'secret' }, 'The command threw something that is not an error.'],
  ])('has a sentence for %j', (thrown, message) => {
    expect(answerError(thrown)).toMatchObject({ code: 'command-failed', message });
  });
});

describe('logFailure', () => {
  it('logs an unforeseen error with request and stack', () => {
    const error = new Error('boom');
    expect(logged(error)).toEqual({
      level: 'error',
      message: 'The command failed.',
      fields: { ...labels, err: { type: 'Error', message: 'boom', stack: error.stack } },
    });
  });

  it('logs the refusal of a handler without stack', () => {
    expect(logged(new WiremuxError('not-allowed', 'No.'))).toEqual({
      level: 'info',
      message: 'The command answered with an error: No.',
      fields: { ...labels, code: 'not-allowed' },
    });
  });

  it('logs a refusal that has a cause with that cause', () => {
    const line = logged(new WiremuxError('upstream-lost', 'Gone.', { cause: new Error('ECONNRESET') }));
    expect(line).toMatchObject({ level: 'error', fields: { err: { cause: { message: 'ECONNRESET' } } } });
  });

  it('leaves out what a schema says of the arguments', () => {
    expect(JSON.stringify(logged(new WiremuxError('bad-arguments', '`pin`: not 1234')))).not.toContain('1234');
  });

  it('leaves out what libraries hang on their errors', () => {
    const error = Object.assign(new Error('failed'), { config: { headers: { authorization: 'secret' } } });
    expect(JSON.stringify(logged(error))).not.toContain('secret');
  });
});

describe('describeError', () => {
  it('follows causes, four of them at most', () => {
    const error = new Error('own cause');
    error.cause = error;
    const described = JSON.stringify(describeError(error)).match(/"message"/g);
    expect(described).toHaveLength(5);
  });

  it('names the type of what is no error', () => {
    expect(describeError(7)).toEqual({ type: 'number', message: 'The command threw something that is not an error.' });
  });
});

describe('isAbort', () => {
  const reason = new WiremuxError('aborted', 'Stop.');

  it.each([
    ['the reason itself', reason, true],
    ['an AbortError', new DOMException('Stop.', 'AbortError'), true],
    ['another error', new Error('Stop.'), false],
    ['nothing', undefined, false],
  ])('says of %s whether it comes of being cancelled', (_, thrown, expected) => {
    expect(isAbort(thrown, reason)).toBe(expected);
  });
});
