import { WiremuxError } from '@wiremux/framing';
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { TestGateway } from '../support/gateway.js';
import { record } from '../support/record.js';

/** A source that counts what was read of it, and knows whether it was given up. */
class CountedSource implements AsyncIterable<Uint8Array> {
  reads = 0;
  returned = false;
  readonly #pieces: number;
  readonly #size: number;

  constructor(pieces: number, size: number) {
    this.#pieces = pieces;
    this.#size = size;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      while (this.reads < this.#pieces) yield new Uint8Array(this.#size).fill(this.reads++ % 256);
    } finally {
      this.returned = true;
    }
  }
}

describe('SPEC 5.7 uploading', () => {
  it('sends all bytes, then the end', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const data = Uint8Array.from({ length: 10_000 }, (_, index) => index % 256);
    const answer = record(mux.call('digest', {}, { data }));
    await gateway.settle();
    expect(gateway.end.all('request')).toMatchObject([{ name: 'digest', hasData: true }]);
    expect(gateway.end.data(1)).toEqual(data);
    expect(gateway.end.all('data-end')).toEqual([{ kind: 'data-end', id: 1 }]);
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    expect(answer.completed).toBe(true);
  });

  it('of nothing sends the end only', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    record(mux.call('digest', {}, { data: [] }));
    await gateway.settle();
    expect(gateway.end.all('data')).toEqual([]);
    expect(gateway.end.all('data-end')).toHaveLength(1);
  });

  it('reads its source only as far as the gateway takes it', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const source = new CountedSource(1_000, 8_192);
    record(mux.call('digest', {}, { data: source }));
    await gateway.settle();
    const unread = source.reads;
    expect(unread).toBeLessThan(20);
    let taken = 0;
    for (let round = 0; round < 10; round++) {
      const received = gateway.end.data(1).length;
      gateway.end.peer.dataTaken(1, received - taken);
      taken = received;
      await gateway.settle();
    }
    expect(source.reads).toBeGreaterThan(unread);
    expect(source.reads * 8_192).toBeLessThan(taken + 512 * 1_024);
  });

  it('cuts pieces that are large, and waits between the parts', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const data = new Uint8Array(1_000_000).map((_, index) => index % 253);
    record(mux.call('digest', {}, { data }));
    await gateway.settle();
    for (let taken = 0; taken < data.length; ) {
      const received = gateway.end.data(1).length;
      expect(received).toBeGreaterThan(taken);
      gateway.end.peer.dataTaken(1, received - taken);
      taken = received;
      await gateway.settle();
    }
    expect(Buffer.compare(gateway.end.data(1), data)).toBe(0);
  });

  it('does not touch its source before the request is sent', async () => {
    const gateway = new TestGateway();
    const mux = gateway.connect();
    const source = new CountedSource(1, 1);
    const answer = record(mux.call('digest', {}, { data: source }));
    answer.subscription.unsubscribe();
    await gateway.settle();
    expect(source).toMatchObject({ reads: 0, returned: false });
  });

  it('cancels a stream that it never came to read', async () => {
    const gateway = new TestGateway();
    let cancelled = false;
    const stream = new ReadableStream<Uint8Array>({
      cancel() {
        cancelled = true;
      },
    });
    record(gateway.connect().call('digest', {}, { data: stream })).subscription.unsubscribe();
    await gateway.settle();
    expect(cancelled).toBe(true);
    expect(gateway.end.all('request')).toEqual([]);
  });

  it('can be done again, with bytes', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const answer = mux.call('digest', {}, { data: new Uint8Array([1, 2, 3]) });
    record(answer);
    record(answer);
    await gateway.settle();
    expect([gateway.end.data(1), gateway.end.data(3)]).toEqual([new Uint8Array([1, 2, 3]), new Uint8Array([1, 2, 3])]);
  });

  it('refuses what cannot be uploaded before anything is sent', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const answer = record(mux.call('digest', {}, { data: 'text' as never }));
    expect(answer.error?.code).toBe('bad-arguments');
    await gateway.settle();
    expect(gateway.end.all('request')).toEqual([]);
  });
});

describe('an upload that ends early', () => {
  it('SPEC 8.6.5 gives up its source when the command wants no more, and the answer goes on', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const source = new CountedSource(1_000, 8_192);
    const answer = record(mux.call('head', {}, { data: source }));
    await gateway.settle();
    gateway.end.peer.refuseData(1);
    await gateway.settle();
    expect(source.returned).toBe(true);
    gateway.end.peer.sendValue(1, 'enough');
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    expect(answer).toMatchObject({ values: ['enough'], completed: true });
  });

  it.each([
    ['ends', (gateway: TestGateway) => gateway.end.peer.endAnswer(1)],
    ['fails', (gateway: TestGateway) => gateway.end.peer.failAnswer(1, new WiremuxError('full', 'The disk is full.'))],
    ['is lost', (gateway: TestGateway) => gateway.end.transport.terminate()],
  ])('gives up its source when the request %s', async (_, end) => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const source = new CountedSource(1_000, 8_192);
    record(mux.call('digest', {}, { data: source }));
    await gateway.settle();
    end(gateway);
    await gateway.settle();
    expect(source.returned).toBe(true);
  });

  it('gives up its source when it is cancelled', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const source = new CountedSource(1_000, 8_192);
    const answer = record(mux.call('digest', {}, { data: source }));
    await gateway.settle();
    answer.subscription.unsubscribe();
    await gateway.settle();
    expect(source.returned).toBe(true);
  });
});

describe('a source that fails', () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(10);
    throw new Error('the file is gone');
  }

  it('fails its request with the cause, and cancels the command', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const answer = record(mux.call('digest', {}, { data: failing() }));
    await gateway.settle();
    expect(answer.error).toMatchObject({
      code: 'upload-failed',
      message: 'The source of the data to upload failed: the file is gone',
      cause: new Error('the file is gone'),
    });
    expect(gateway.end.all('cancelled')).toMatchObject([{ id: 1, error: { code: 'upload-failed' } }]);
    expect(gateway.end.all('data-end')).toEqual([]);
  });

  it('does not tell the gateway why: that is private to this program', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    record(mux.call('digest', {}, { data: failing() }));
    await gateway.settle();
    expect(gateway.end.all('cancelled')[0]!.error.message).not.toContain('file');
  });

  it('may fail by giving something that is no bytes', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const answer = record(mux.call('digest', {}, { data: ['text'] as never }));
    await gateway.settle();
    expect(answer.error).toMatchObject({ code: 'upload-failed', message: expect.stringContaining('a string') });
  });

  it('may be an Observable too far ahead of the upload', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open({ maxUploadBuffer: 100_000 });
    const subject = new Subject<Uint8Array>();
    const answer = record(mux.call('digest', {}, { data: subject }));
    await gateway.settle();
    for (let count = 0; count < 4; count++) {
      subject.next(new Uint8Array(60_000));
      await gateway.settle();
    }
    expect(answer.error).toMatchObject({ code: 'upload-failed', message: expect.stringContaining('maxUploadBuffer') });
    expect(subject.observed).toBe(false);
  });
});
