import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A real HTTP server whose files its test writes. */
export class FileServer {
  /** Ends with a slash. */
  readonly url: string;
  readonly #server: Server;
  readonly #files = new Map<string, RequestListener>();
  readonly #requests: IncomingMessage[] = [];
  readonly #waiting = new Set<() => void>();

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    server.on('request', (request, response) => {
      this.#requests.push(request);
      for (const wake of this.#waiting) wake();
      const answer = this.#files.get((request.url ?? '').slice(1));
      if (answer === undefined) response.writeHead(404).end('There is no such file.');
      else answer(request, response);
    });
  }

  static async listen(): Promise<FileServer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FileServer(server);
  }

  /** What was asked for, in order. */
  get requests(): readonly IncomingMessage[] {
    return this.#requests;
  }

  /** Serves a file: its bytes, or what the listener does. Gives its address. */
  put(name: string, content: Uint8Array | RequestListener): string {
    this.#files.set(name, typeof content === 'function' ? content : (_, response) => response.end(content));
    return this.url + name;
  }

  /** The next request from now on. */
  async request(): Promise<IncomingMessage> {
    const before = this.#requests.length;
    while (this.#requests.length === before) {
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
    }
    return this.#requests[before]!;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

/** Resolves once nobody waits for the answer of that request any more, however that came. */
export async function dropped({ socket }: IncomingMessage): Promise<void> {
  if (socket.destroyed) return;
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
}
