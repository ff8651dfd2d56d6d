import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openPost as openBrowserPost } from '../../../src/transport/http/browser.js';
import { openPost as openNodePost } from '../../../src/transport/http/node.js';
import { bringsFrames, type OpenPost, type Post } from '../../../src/transport/http/post.js';

const MiB = 1024 * 1024;
const TYPE = 'application/vnd.wiremux.frames';
const FRAMES = { 'Content-Type': TYPE };

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** A POST to a server that answers so, and what is heard of it. */
class Heard {
  readonly post: Post;
  readonly chunks: Uint8Array[] = [];
  drains = 0;
  ended = false;
  readonly closed: Promise<[code: number, reason: string]>;
  #arrived: () => void = () => undefined;

  constructor(post: Post) {
    this.post = post;
    this.closed = new Promise((resolve) => {
      post.start({
        bytes: (chunk) => {
          this.chunks.push(chunk);
          this.#arrived();
        },
        drain: () => {
          this.drains++;
          this.#arrived();
        },
        ended: () => {
          this.ended = true;
        },
        closed: (...how) => resolve(how),
      });
    });
  }

  get size(): number {
    return this.chunks.reduce((sum, { length }) => sum + length, 0);
  }

  /** Resolves when something that is heard makes it true. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }
}

async function postTo(open: OpenPost, answer: Answer, maxBody: number = 16 * MiB): Promise<Heard> {
  server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return new Heard(open({ url: `http://127.0.0.1:${port}/mux`, mediaType: TYPE, maxBody }));
}

/** The whole of a body. */
async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Sends a body of one byte. */
function ask({ post }: Heard): void {
  post.send([new Uint8Array([1])]);
  post.finish();
}

describe.each([
  ['node:http', openNodePost],
  ['fetch', openBrowserPost],
])('a POST with %s', (_, open) => {
  it('sends a body with its media type, and gives the body of the answer', async () => {
    let seen: unknown;
    const heard = await postTo(open, async (request, response) => {
      const { method, headers } = request;
      seen = { method, type: headers['content-type'], accept: headers.accept, body: [...(await readAll(request))] };
      response.writeHead(200, { 'Content-Type': `${TYPE}; v=1` });
      response.write(Buffer.from([7, 8]));
      response.end(Buffer.from([9]));
    });
    heard.post.send([new Uint8Array([1, 2]), new Uint8Array([3])]);
    heard.post.send([new Uint8Array([4])]);
    heard.post.finish();
    expect(await heard.closed).toEqual([1000, '']);
    expect(seen).toEqual({ method: 'POST', type: TYPE, accept: TYPE, body: [1, 2, 3, 4] });
    expect(Buffer.concat(heard.chunks)).toEqual(Buffer.from([7, 8, 9]));
    expect(Buffer.isBuffer(heard.chunks[0])).toBe(false);
    expect(heard).toMatchObject({ ended: true, post: { failure: undefined } });
  });

  it('holds up the server while it is paused', async () => {
    let sent = 0;
    const heard = await postTo(open, (request, response) => {
      request.resume();
      response.writeHead(200, FRAMES);
      const piece = Buffer.alloc(64 * 1024);
      const pump = (): void => {
        while (sent < 64 * MiB) {
          sent += piece.length;
          if (!response.write(piece)) return;
        }
        response.end();
      };
      response.on('drain', pump);
      pump();
    });
    heard.post.pause();
    ask(heard);
    // Nothing that is heard tells when the server is held up: it is when it has sent no more for so many turns.
    for (let before = -1; before !== sent || sent === 0; ) {
      before = sent;
      for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(sent).toBeLessThan(32 * MiB);
    heard.post.resume();
    await heard.closed;
    expect(heard.size).toBe(64 * MiB);
  });

  it('says what answers that is no frames', async () => {
    const heard = await postTo(open, (_request, response) => {
      response.writeHead(403, { 'Content-Type': 'text/plain' }).end('Not from\nthere.');
    });
    ask(heard);
    expect(await heard.closed).toEqual([1006, '']);
    expect(heard.post.failure).toEqual({
      kind: 'refused',
      status: 403,
      detail: 'it answered HTTP 403 Forbidden: Not from there.',
    });
    expect(heard.ended).toBe(false);
  });

  it('does not take the page of a proxy for frames, or show it', async () => {
    const heard = await postTo(open, (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Log in</h1>');
    });
    ask(heard);
    await heard.closed;
    expect(heard.post.failure).toMatchObject({ kind: 'refused', detail: 'it answered HTTP 200 OK: with a web page' });
  });

  it('follows no redirect', async () => {
    const heard = await postTo(open, (_request, response) => {
      response.writeHead(307, { Location: '/elsewhere' }).end();
    });
    ask(heard);
    await heard.closed;
    expect(heard.post.failure).toMatchObject({ kind: 'refused' });
  });

  it('tells an answer that is cut off from one that ends', async () => {
    const heard = await postTo(open, (_request, response) => {
      response.writeHead(200, FRAMES);
      response.write(Buffer.from([1]), () => response.destroy());
    });
    ask(heard);
    expect(await heard.closed).toEqual([1006, '']);
    expect(heard.post.failure).toMatchObject({ kind: 'broken', answered: true });
    expect(heard.ended).toBe(false);
  });

  it('tells when the connection breaks before the answer', async () => {
    const heard = await postTo(open, (request) => void request.socket.destroy());
    ask(heard);
    expect(await heard.closed).toEqual([1006, '']);
    expect(heard.post.failure).toMatchObject({ kind: 'broken', answered: false });
  });

  it('can be dropped before its answer, which is no failure', async () => {
    let gone = (): void => undefined;
    const closed = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const heard = await postTo(open, (request, response) => {
      request.resume();
      response.on('close', gone);
      response.writeHead(200, FRAMES);
      response.write(Buffer.from([1]));
    });
    ask(heard);
    await heard.until(() => heard.chunks.length > 0);
    heard.post.close(1002, 'that is wrong');
    expect(await heard.closed).toEqual([1002, 'that is wrong']);
    await closed;
    expect(heard).toMatchObject({ ended: false, post: { failure: undefined } });
  });

  it('can be dropped before it was sent', async () => {
    const heard = await postTo(open, () => undefined);
    heard.post.terminate();
    expect(await heard.closed).toEqual([1006, '']);
    expect(heard.post.failure).toBeUndefined();
  });
});

describe('a POST with node:http', () => {
  it('sends a body as it comes, no faster than it is read', async () => {
    let requested: (request: IncomingMessage) => void = () => undefined;
    const arrived = new Promise<IncomingMessage>((resolve) => {
      requested = resolve;
    });
    const heard = await postTo(openNodePost, (request, response) => {
      request.on('end', () => response.writeHead(200, FRAMES).end());
      requested(request);
    });
    const piece = new Uint8Array(MiB);
    heard.post.send([piece]);
    const request = await arrived;
    let sent = 1;
    while (heard.post.bufferedBytes < 8 * MiB) {
      heard.post.send([piece]);
      sent++;
    }
    const before = heard.drains;
    let received = 0;
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    await heard.until(() => heard.drains > before);
    expect(heard.post.bufferedBytes).toBeLessThan(MiB);
    heard.post.finish();
    expect(await heard.closed).toEqual([1000, '']);
    expect(received).toBe(sent * MiB);
  });

  it('does not go on with a body whose answer has ended', async () => {
    let gone = (): void => undefined;
    const closed = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const heard = await postTo(openNodePost, (request, response) => {
      request.socket.on('close', gone);
      request.resume();
      response.writeHead(200, FRAMES).end();
    });
    heard.post.send([new Uint8Array(10)]);
    expect(await heard.closed).toEqual([1000, '']);
    await closed;
  });
});

describe('a POST with fetch', () => {
  it('keeps a body of `maxBody` bytes, and fails past it before anything was sent', async () => {
    let received = 0;
    const answer: Answer = async (request, response) => {
      received += (await readAll(request)).length;
      response.writeHead(200, FRAMES).end();
    };
    const fits = await postTo(openBrowserPost, answer, 1_000);
    fits.post.send([new Uint8Array(600), new Uint8Array(400)]);
    fits.post.finish();
    expect(await fits.closed).toEqual([1000, '']);
    expect(received).toBe(1_000);
    server?.close();

    const over = await postTo(openBrowserPost, answer, 1_000);
    over.post.send([new Uint8Array(1_000)]);
    over.post.send([new Uint8Array(1)]);
    expect(await over.closed).toEqual([1006, '']);
    expect(over.post.failure).toMatchObject({ kind: 'too-big', detail: expect.stringContaining('1000 bytes') });
    expect(received).toBe(1_000);
  });
});

describe('an answer', () => {
  it.each([
    [200, TYPE, true],
    [200, `${TYPE.toUpperCase()} ; charset=x`, true],
    [200, 'text/html', false],
    [200, `${TYPE}x`, false],
    [200, undefined, false],
    [200, null, false],
    [201, TYPE, false],
    [undefined, TYPE, false],
  ])('of status %s and type %s brings frames: %s', (status, type, expected) => {
    expect(bringsFrames(status, type, TYPE)).toBe(expected);
  });
});
