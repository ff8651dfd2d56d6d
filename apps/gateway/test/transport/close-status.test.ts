import { CloseCode } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import { statusOfClose } from '../../src/transport/close-status.js';

describe('SPEC 7.10 the status of an exchange that ends before its first frame', () => {
  it.each([
    [CloseCode.Normal, 200],
    [CloseCode.Protocol, 400],
    [CloseCode.NotAuthenticated, 401],
    [CloseCode.NotAllowed, 403],
    [CloseCode.HandshakeTimeout, 408],
    [CloseCode.TooBig, 413],
    [CloseCode.TooMany, 429],
    [CloseCode.Restart, 503],
    [CloseCode.TryLater, 503],
    [CloseCode.Internal, 500],
    [CloseCode.Policy, 500],
  ])('after code %i is %i', (code, status) => {
    expect(statusOfClose(code)).toBe(status);
  });
});
