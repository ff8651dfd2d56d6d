import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Output } from '../../src/io/output.js';

function outputTo(stream: Writable): Output {
  return new Output(stream as NodeJS.WriteStream);
}

describe('Output', () => {
  it('waits while its reader is behind, and goes on when it has caught up', async () => {
    const stream = new PassThrough({ highWaterMark: 4 });
    const output = outputTo(stream);
    let isWritten = false;
    const written = output.line('12345').then(() => {
      isWritten = true;
    });
    await Promise.resolve();
    expect(isWritten).toBe(false);
    stream.resume();
    await written;
    expect(isWritten).toBe(true);
  });

  it('waits no more once its reader has gone', async () => {
    const stream = new PassThrough({ highWaterMark: 4 });
    const output = outputTo(stream);
    const written = output.line('12345');
    stream.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await written;
    expect(output.gone.aborted).toBe(true);
    expect(output.failure).toBeUndefined();
    await output.line('more');
    await output.flush();
  });

  it('tells why it cannot be written', async () => {
    const stream = new PassThrough();
    const output = outputTo(stream);
    stream.destroy(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }));
    await new Promise((resolve) => stream.once('close', resolve));
    expect(output.gone.aborted).toBe(true);
    expect(output.failure).toMatchObject({ code: 'output-failed' });
    expect(output.failure?.message).toContain('no space left');
  });

  it('lets go who waits when it is abandoned', async () => {
    const stream = new PassThrough({ highWaterMark: 4 });
    const output = outputTo(stream);
    const written = output.line('12345');
    output.abandon();
    await written;
    await output.line('more');
    expect(stream.read()).toEqual(Buffer.from('12345\n'));
  });

  it('drops notes while too much waits to be read', () => {
    let waiting = 0;
    const stuck = new Writable({
      write(chunk: Buffer) {
        waiting += chunk.length;
      },
    });
    const output = outputTo(stuck);
    for (let at = 0; at < 100; at += 1) output.note('x'.repeat(100_000));
    expect(waiting).toBe(100_001);
    expect(stuck.writableLength).toBeLessThan(1_200_000);
  });

  it('flushes what was written before', async () => {
    const seen: string[] = [];
    const slow = new Writable({
      write(chunk: Buffer, _encoding, done) {
        setImmediate(() => {
          seen.push(chunk.toString());
          done();
        });
      },
    });
    const output = outputTo(slow);
    output.note('a');
    output.note('b');
    await output.flush();
    expect(seen.join('')).toBe('a\nb\n');
  });
});
