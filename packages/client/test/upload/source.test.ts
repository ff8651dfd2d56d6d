import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type UploadData, type UploadSource, uploadSource } from '../../src/upload/source.js';

const BYTES = Uint8Array.from({ length: 10_000 }, (_, index) => index % 251);

const sourceOf = (data: UploadData): UploadSource =>
  uploadSource(data, BYTES.length, (error) => expect.unreachable(error.message));

async function readAll(source: UploadSource): Promise<number[]> {
  const bytes: number[] = [];
  for (let piece = await source.read(); piece !== undefined; piece = await source.read()) bytes.push(...piece);
  return bytes;
}

const halves = [BYTES.subarray(0, 4_000), BYTES.subarray(4_000)];

async function* inHalves(): AsyncGenerator<Uint8Array> {
  yield* halves;
}

describe('what can be uploaded', () => {
  const kinds: readonly (readonly [string, () => UploadData])[] = [
    ['a Uint8Array', () => BYTES],
    ['a Buffer', () => Buffer.from(BYTES)],
    ['a view of other numbers', () => new Uint16Array(BYTES.buffer)],
    ['an ArrayBuffer', () => BYTES.slice().buffer],
    ['a Blob', () => new Blob([BYTES])],
    ['a File', () => new File([BYTES], 'bytes')],
    ['a ReadableStream', () => new Blob(halves).stream()],
    ['an async iterable', inHalves],
    ['an iterable', () => halves],
    ['an Observable', () => of(...halves)],
  ];

  it.each(kinds)('is %s', async (_, make) => {
    expect(await readAll(sourceOf(make()))).toEqual([...BYTES]);
  });

  it('is a view of a part of a buffer, and that part only', async () => {
    expect(await readAll(sourceOf(BYTES.subarray(10, 20)))).toEqual([...BYTES.subarray(10, 20)]);
  });

  it.each([['text'], [42], [null], [{}], [() => BYTES]])('is not %o', (data) => {
    expect(() => sourceOf(data as unknown as UploadData)).toThrow(expect.objectContaining({ code: 'bad-arguments' }));
  });
});

describe('a source that is given up', () => {
  it('is returned, if it is an iterator', async () => {
    let finished = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield new Uint8Array(1);
      } finally {
        finished = true;
      }
    }
    const source = sourceOf(endless());
    await source.read();
    source.cancel();
    await Promise.resolve();
    expect(finished).toBe(true);
  });

  it('is cancelled, if it is a stream, read or not', async () => {
    for (const reads of [0, 1]) {
      let cancelled = false;
      const stream = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new Uint8Array(1)),
        cancel() {
          cancelled = true;
        },
      });
      const source = sourceOf(stream);
      for (let count = 0; count < reads; count++) await source.read();
      source.cancel();
      await Promise.resolve();
      expect(cancelled).toBe(true);
    }
  });

  it('is not even opened, if it is an iterable that nobody has read', () => {
    let opened = false;
    const iterable = {
      [Symbol.iterator]() {
        opened = true;
        return [][Symbol.iterator]();
      },
    };
    sourceOf(iterable).cancel();
    expect(opened).toBe(false);
  });

  it('may fail at that, which nobody hears of', async () => {
    const locked = new ReadableStream<Uint8Array>();
    locked.getReader();
    sourceOf(locked).cancel();
    const broken = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false as const, value: new Uint8Array(1) }),
        return(): never {
          throw new Error('broken');
        },
      }),
    };
    const source = sourceOf(broken);
    expect(await source.read()).toEqual(new Uint8Array(1));
    source.cancel();
  });
});
