import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { logStrayErrors } from '../src/stray-errors.js';

describe('logStrayErrors', () => {
  it.each(['uncaughtException', 'unhandledRejection'])('logs an %s with its stack, and nothing hung on it', (event) => {
    const source = new EventEmitter();
    const error = vi.fn();
    logStrayErrors({ error }, source);
    const thrown = Object.assign(new TypeError('It broke.'), { password: 's3cret' });
    source.emit(event, thrown);
    const [fields, message] = error.mock.calls[0] as [unknown, string];
    expect(fields).toEqual({ err: { type: 'TypeError', message: 'It broke.', stack: thrown.stack } });
    expect(message).toContain('goes on');
  });

  it('copes with what is no error', () => {
    const source = new EventEmitter();
    const error = vi.fn();
    logStrayErrors({ error }, source);
    source.emit('unhandledRejection', 'why not');
    expect(error.mock.calls[0]?.[0]).toEqual({ err: { type: 'string', message: 'why not' } });
  });
});
