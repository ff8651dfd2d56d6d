import type { WiremuxError } from '@wiremux/framing';
import { EMPTY, map, Observable, range, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ObservableSource } from '../../src/upload/observable-source.js';

const piece = (size: number): Uint8Array => new Uint8Array(size);

/** A source that keeps 100 bytes, and what it says of more. */
function sourceOf(observable: Observable<Uint8Array>): { source: ObservableSource; overflows: WiremuxError[] } {
  const overflows: WiremuxError[] = [];
  return { source: new ObservableSource(observable, 100, (error) => overflows.push(error)), overflows };
}

describe('an Observable to upload', () => {
  it('is subscribed to by the first read', async () => {
    let subscriptions = 0;
    const observable = new Observable<Uint8Array>((subscriber) => {
      subscriptions++;
      subscriber.next(piece(1));
      subscriber.next(piece(2));
      subscriber.complete();
    });
    const { source } = sourceOf(observable);
    expect(subscriptions).toBe(0);
    expect([await source.read(), await source.read(), await source.read()]).toEqual([piece(1), piece(2), undefined]);
    expect(subscriptions).toBe(1);
  });

  it('may emit later than it is read', async () => {
    const subject = new Subject<Uint8Array>();
    const { source } = sourceOf(subject);
    const read = source.read();
    subject.next(piece(3));
    expect(await read).toEqual(piece(3));
    const end = source.read();
    subject.complete();
    expect(await end).toBeUndefined();
  });

  it('may be empty', async () => {
    expect(await sourceOf(EMPTY).source.read()).toBeUndefined();
  });

  it('fails after what it emitted', async () => {
    const subject = new Subject<Uint8Array>();
    const { source } = sourceOf(subject);
    const first = source.read();
    subject.next(piece(1));
    subject.next(piece(2));
    subject.error(new Error('disk'));
    expect(await first).toEqual(piece(1));
    expect(await source.read()).toEqual(piece(2));
    await expect(source.read()).rejects.toThrow('disk');
    await expect(sourceOf(throwError(() => 'odd')).source.read()).rejects.toBe('odd');
  });

  it('may be ahead of its reader by the limit, and not by one byte more', async () => {
    const subject = new Subject<Uint8Array>();
    const { source, overflows } = sourceOf(subject);
    const first = source.read();
    subject.next(piece(10));
    await first;
    subject.next(piece(100));
    expect(await source.read()).toEqual(piece(100));
    subject.next(piece(60));
    subject.next(piece(40));
    expect(overflows).toEqual([]);
    subject.next(piece(1));
    expect(overflows).toMatchObject([{ code: 'upload-failed', message: expect.stringContaining('100 bytes') }]);
    expect(subject.observed).toBe(false);
    expect(await source.read()).toBeUndefined();
  });

  it('is not listened to past the limit, even while it is being subscribed to', async () => {
    let emitted = 0;
    const endless = range(0, 1_000_000).pipe(
      map(() => {
        emitted++;
        return piece(10);
      }),
    );
    const { source, overflows } = sourceOf(endless);
    expect(await source.read()).toBeUndefined();
    expect(overflows).toHaveLength(1);
    expect(emitted).toBeLessThan(20);
  });

  it('may fail when it is given up, which nobody hears of', async () => {
    const observable = new Observable<Uint8Array>((subscriber) => {
      subscriber.next(piece(1));
      return () => {
        throw new Error('broken');
      };
    });
    const { source } = sourceOf(observable);
    await source.read();
    source.cancel();
    expect(await source.read()).toBeUndefined();
  });

  it('is unsubscribed from when it is given up', async () => {
    const subject = new Subject<Uint8Array>();
    const { source } = sourceOf(subject);
    const read = source.read();
    subject.next(piece(1));
    await read;
    source.cancel();
    expect(subject.observed).toBe(false);
    expect(await source.read()).toBeUndefined();
  });
});
