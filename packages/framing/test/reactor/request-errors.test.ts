import { describe, expect, it } from 'vitest';
import {
  cancelReason,
  checkDeadline,
  requestAborted,
  requestRefused,
  requestTimedOut,
  uploadFailed,
  WiremuxError,
} from '../../src/index.js';
import { MAX_DEADLINE } from '../../src/message/request.js';

describe('errors of a request at its caller', () => {
  it.each([1, MAX_DEADLINE])('SPEC 8.11.5 are none for a deadline of %i ms', (deadline) => {
    expect(checkDeadline(deadline)).toBe(deadline);
  });

  it.each([0, -1, 1.5, MAX_DEADLINE + 1, Number.NaN])('SPEC 8.11.5 refuse a deadline of %d ms', (deadline) => {
    expect(() => checkDeadline(deadline)).toThrow(expect.objectContaining({ code: 'bad-arguments' }));
  });

  it('SPEC 8.11.6 tell the answerer of a timeout as of a deadline, and of others as they are', () => {
    expect(requestTimedOut('get', 5)).toMatchObject({ code: 'timeout', message: expect.stringContaining('"get"') });
    const timeout = requestTimedOut('get', 5);
    expect(cancelReason(timeout)).toEqual({ code: 'deadline', message: timeout.message });
    expect(cancelReason(requestAborted('why'))).toEqual({ code: 'aborted' });
  });

  it('keep what they come from', () => {
    const cause = new TypeError('why');
    expect(requestAborted(cause)).toMatchObject({ code: 'aborted', cause });
    expect(requestRefused(cause)).toMatchObject({ code: 'bad-arguments', message: 'why', cause });
    expect(requestRefused('why')).toMatchObject({ code: 'bad-arguments', message: 'why' });
    const own = new WiremuxError('too-big', 'It is.');
    expect(requestRefused(own)).toBe(own);
    expect(uploadFailed(cause)).toMatchObject({
      code: 'upload-failed',
      message: expect.stringMatching(/: why$/),
      cause,
    });
    expect(uploadFailed(7).message).toMatch(/: 7$/);
  });
});
