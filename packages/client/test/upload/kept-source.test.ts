import { describe, expect, it } from 'vitest';
import { KeptSource } from '../../src/upload/kept-source.js';
import type { UploadReader, UploadSource } from '../../src/upload/source.js';

/** A source that is read once: pieces of one byte each, or of the size given. */
class OnceSource implements UploadSource {
  readonly #again: OnceSource | undefined;
  readonly #pieces: Uint8Array[];
  reads = 0;
  cancelled = false;

  constructor(count: number, size = 1, again?: OnceSource) {
    this.#again = again;
    this.#pieces = Array.from({ length: count }, (_, at) => new Uint8Array(size).fill(at));
  }

  async read(): Promise<Uint8Array | undefined> {
    this.reads++;
    await Promise.resolve();
    return this.#pieces.shift();
  }

  cancel(): void {
    this.cancelled = true;
  }

  again(): OnceSource | undefined {
    return this.#again;
  }
}

async function rest(source: UploadReader): Promise<(number | undefined)[]> {
  const first: (number | undefined)[] = [];
  for (let piece = await source.read(); piece !== undefined; piece = await source.read()) first.push(piece[0]);
  return first;
}

describe('KeptSource', () => {
  it('can be read from its beginning by another reader, and reads its source once', async () => {
    const source = new OnceSource(3);
    const kept = new KeptSource(source);
    const first = kept.reader();
    await first.read();
    await first.read();
    expect(await rest(kept.reader())).toEqual([0, 1, 2]);
    expect(await rest(kept.reader())).toEqual([0, 1, 2]);
    expect(kept.rewindable).toBe(true);
    expect(source.reads).toBe(4);
  });

  it('gives the next reader what one before it was waiting for', async () => {
    const source = new OnceSource(2);
    const kept = new KeptSource(source);
    const lost = kept.reader().read();
    expect(await rest(kept.reader())).toEqual([0, 1]);
    await lost;
    expect(source.reads).toBe(3);
  });

  it.each([
    [262_143, true],
    [262_144, false],
  ])('keeps 256 KiB and a piece: %i bytes before the last', async (size, whole) => {
    const kept = new KeptSource(new OnceSource(2, size));
    const reader = kept.reader();
    await reader.read();
    expect(kept.rewindable).toBe(true);
    expect((await reader.read())?.length).toBe(size);
    expect(kept.rewindable).toBe(whole);
    expect(await reader.read()).toBeUndefined();
  });

  it('keeps nothing more once the request runs, and goes on', async () => {
    const kept = new KeptSource(new OnceSource(4));
    const reader = kept.reader();
    await reader.read();
    kept.release();
    expect(await rest(reader)).toEqual([1, 2, 3]);
    expect(kept.rewindable).toBe(false);
  });

  it('gives what it has kept before it goes on without keeping', async () => {
    const kept = new KeptSource(new OnceSource(4));
    const first = kept.reader();
    await first.read();
    await first.read();
    const second = kept.reader();
    kept.release();
    expect(await rest(second)).toEqual([0, 1, 2, 3]);
  });

  it('fails as its source does, for every reader', async () => {
    const kept = new KeptSource({
      read: () => Promise.reject(new Error('gone')),
      cancel: () => undefined,
      again: () => undefined,
    });
    await expect(kept.reader().read()).rejects.toThrow('gone');
    await expect(kept.reader().read()).rejects.toThrow('gone');
  });

  it('is had again where its source can be read again', async () => {
    const kept = new KeptSource(new OnceSource(2, 1, new OnceSource(2)));
    await rest(kept.reader());
    const again = kept.again();
    expect(await rest(again!.reader())).toEqual([0, 1]);
    expect(again!.again()).toBeUndefined();
  });

  it('gives its source up with any of its readers', () => {
    const source = new OnceSource(1);
    new KeptSource(source).reader().cancel();
    expect(source.cancelled).toBe(true);
  });
});
