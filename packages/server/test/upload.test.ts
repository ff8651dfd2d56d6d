import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ReadableStream } from 'node:stream/web';
import { WiremuxError } from '@wiremux/framing';
import { beforeEach, describe, expect, it } from 'vitest';
import { Upload } from '../src/upload.js';

const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);
const aborted = new WiremuxError('aborted', 'The caller cancelled the request.');

describe('Upload', () => {
  /** What the upload asked of the connection, in order: bytes taken, or `refuse`. */
  let asked: (number | 'refuse')[];
  let upload: Upload;

  beforeEach(() => {
    asked = [];
    upload = new Upload({ taken: (count) => void asked.push(count), refuse: () => void asked.push('refuse') });
  });

  it('gives the pieces in order, those that came before it was read and those that come later', async () => {
    upload.push(bytes('a'));
    const reader = upload[Symbol.asyncIterator]();
    expect((await reader.next()).value).toEqual(bytes('a'));
    const second = reader.next();
    upload.push(bytes('bc'));
    expect((await second).value).toEqual(bytes('bc'));
    const end = reader.next();
    upload.complete();
    expect((await end).done).toBe(true);
  });

  it('SPEC 8.5.6 counts a piece as taken when the next is asked for', async () => {
    upload.push(bytes('abc'));
    upload.push(bytes('d'));
    const reader = upload[Symbol.asyncIterator]();
    await reader.next();
    expect(asked).toEqual([]);
    await reader.next();
    expect(asked).toEqual([3]);
    upload.complete();
    await reader.next();
    expect(asked).toEqual([3, 1]);
  });

  it('passes over empty pieces', async () => {
    upload.push(new Uint8Array(0));
    upload.push(bytes('a'));
    expect((await upload[Symbol.asyncIterator]().next()).value).toEqual(bytes('a'));
  });

  it('refuses what is left when the loop over it is left', async () => {
    upload.push(bytes('a'));
    upload.push(bytes('b'));
    for await (const piece of upload) {
      expect(piece).toEqual(bytes('a'));
      break;
    }
    expect(asked).toEqual(['refuse']);
    upload.push(bytes('c'));
    upload.release();
    expect(asked).toEqual(['refuse']);
  });

  it('refuses nothing when all of it had come', async () => {
    upload.push(bytes('a'));
    upload.complete();
    for await (const _ of upload) break;
    upload.release();
    expect(asked).toEqual([]);
  });

  it('can be read once only', () => {
    upload[Symbol.asyncIterator]();
    expect(() => upload[Symbol.asyncIterator]()).toThrow(/can be read once only/);
  });

  it('gives a reader that waits the reason of an abort', async () => {
    const next = upload[Symbol.asyncIterator]().next();
    upload.abort(aborted);
    await expect(next).rejects.toBe(aborted);
  });

  it('gives a reader that is busy the reason of an abort when it asks again', async () => {
    upload.push(bytes('a'));
    upload.push(bytes('b'));
    const reader = upload[Symbol.asyncIterator]();
    await reader.next();
    upload.abort(aborted);
    await expect(reader.next()).rejects.toBe(aborted);
    expect(asked).toEqual([]);
  });

  it('gives a reader that comes late the reason of an abort, the first of several', async () => {
    upload.push(bytes('a'));
    upload.abort(aborted);
    upload.abort(new WiremuxError('connection-lost', 'too late'));
    await expect(upload[Symbol.asyncIterator]().next()).rejects.toBe(aborted);
  });

  it('is refused at the end of the answer if nobody read it', () => {
    upload.push(bytes('a'));
    upload.release();
    expect(asked).toEqual(['refuse']);
  });

  it('does not pass for complete to a reader who outlives the answer', async () => {
    const next = upload[Symbol.asyncIterator]().next();
    upload.release();
    await expect(next).rejects.toMatchObject({ code: 'aborted' });
    expect(asked).toEqual(['refuse']);
  });

  it('is left alone at the end of the answer if it was read to its end', async () => {
    upload.push(bytes('a'));
    upload.complete();
    for await (const _ of upload);
    upload.release();
    expect(asked).toEqual([1]);
  });

  it("becomes a stream of Node's", async () => {
    upload.push(bytes('ab'));
    upload.push(bytes('c'));
    upload.complete();
    expect(await text(Readable.from(upload))).toBe('abc');
  });

  it("becomes a stream of the web's", async () => {
    upload.push(bytes('ab'));
    upload.complete();
    expect(await text(ReadableStream.from(upload))).toBe('ab');
  });
});
