import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What a proxy does to an upgrade: lets it through, refuses it with a page, drops it, or never answers. */
export type UpgradePolicy = 'allow' | 'refuse' | 'drop' | 'ignore';

const REFUSAL = '<h1>No upgrades</h1>';

/** A proxy before a gateway, as some networks have one: it knows HTTP, and WebSockets only when told to. */
export class HttpProxy {
  upgrades: UpgradePolicy;
  /** POSTs that went through. */
  posts = 0;
  readonly #target: URL;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, target: string, upgrades: UpgradePolicy) {
    this.#server = server;
    this.#target = new URL(target);
    this.upgrades = upgrades;
    server.on('connection', (socket: Socket) => this.#watch(socket));
    server.on('request', (incoming: IncomingMessage, response: ServerResponse) => this.#pass(incoming, response));
    server.on('upgrade', (incoming: IncomingMessage, socket: Duplex) => this.#upgrade(incoming, socket));
  }

  /** Listens on a free port, before the gateway at `target`. */
  static async listen(target: string, upgrades: UpgradePolicy): Promise<HttpProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new HttpProxy(server, target, upgrades);
  }

  /** Where the gateway's page is, through it. */
  get page(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Where the gateway's WebSocket would be. */
  get mux(): string {
    return `${this.page.replace('http:', 'ws:')}mux`;
  }

  /** Cuts every connection there is. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(incoming: IncomingMessage, response: ServerResponse): void {
    const { method, url, headers } = incoming;
    if (method === 'POST') this.posts++;
    const outgoing = request(new URL(url ?? '/', this.#target), { method, headers, setHost: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    incoming.on('error', () => outgoing.destroy());
    incoming.pipe(outgoing);
  }

  #upgrade({ url, rawHeaders }: IncomingMessage, socket: Duplex): void {
    socket.on('error', () => undefined);
    switch (this.upgrades) {
      case 'ignore':
        return;
      case 'drop':
        socket.destroy();
        return;
      case 'refuse':
        socket.end(
          `HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: ${REFUSAL.length}\r\n\r\n${REFUSAL}`,
        );
        return;
      case 'allow':
    }
    const upstream = connect(Number(this.#target.port), this.#target.hostname);
    this.#watch(upstream);
    const lines = rawHeaders.map((text, at) => (at % 2 === 0 ? `${text}: ` : `${text}\r\n`));
    upstream.write(`GET ${url} HTTP/1.1\r\n${lines.join('')}\r\n`);
    upstream.pipe(socket).pipe(upstream);
    socket.on('close', () => upstream.destroy());
    upstream.on('close', () => socket.destroy());
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
