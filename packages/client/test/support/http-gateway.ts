import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CloseCode,
  DIALECTS,
  type Dialect,
  type Limits,
  Link,
  Peer,
  type PeerEvent,
  Responder,
  type Transport,
  type TransportHandlers,
} from '@wiremux/framing';
import { platform } from '../../src/platform/node.js';

type EventOf<Kind extends PeerEvent['kind']> = Extract<PeerEvent, { readonly kind: Kind }>;

/** The gateway's end of one POST, as a transport. */
class ServedPost implements Transport {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #mediaType: string;
  /** The answer has no end. */
  holdsOpen = false;

  constructor(request: IncomingMessage, response: ServerResponse, mediaType: string) {
    this.#request = request;
    this.#response = response;
    this.#mediaType = mediaType;
  }

  get bufferedBytes(): number {
    return this.#response.writableLength;
  }

  start(handlers: TransportHandlers): void {
    this.#request.on('data', (chunk: Buffer) => handlers.bytes(new Uint8Array(chunk)));
    this.#request.on('end', () => handlers.ended?.());
    this.#request.on('error', () => undefined);
    this.#response.on('drain', () => handlers.drain());
    this.#response.on('close', () => handlers.closed(this.#response.writableFinished ? 1000 : 1006, ''));
  }

  send(chunks: readonly Uint8Array[]): void {
    this.#begin();
    for (const chunk of chunks) this.#response.write(chunk);
  }

  finish(): void {
    this.#begin();
    if (!this.holdsOpen) this.#response.end();
  }

  pause(): void {
    this.#request.pause();
  }

  resume(): void {
    this.#request.resume();
  }

  close(code: number): void {
    if (code === CloseCode.Protocol) this.#response.end();
    else this.#response.destroy();
  }

  terminate(): void {
    this.#response.destroy();
  }

  #begin(): void {
    if (!this.#response.headersSent) this.#response.writeHead(200, { 'Content-Type': this.#mediaType });
  }
}

/** One exchange at the gateway, driven by the test. */
export class HttpEnd {
  readonly peer: Peer;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly events: PeerEvent[] = [];
  /** Resolves when the POST is over, with whether its answer was sent whole. */
  readonly closed: Promise<boolean>;
  readonly #post: ServedPost;

  constructor(dialect: Dialect, request: IncomingMessage, response: ServerResponse, limits: Partial<Limits>) {
    const { clock } = platform;
    this.#post = new ServedPost(request, response, dialect.mediaType);
    this.request = request;
    this.response = response;
    this.peer = new Peer({
      role: 'server',
      responder: Responder,
      dialect,
      now: clock.now(),
      halfDuplex: true,
      agent: 'gateway/1',
      limits,
    });
    this.closed = new Promise((resolve) => {
      new Link({
        peer: this.peer,
        transport: this.#post,
        clock,
        onEvent: (event) => void this.events.push(event),
        onClosed: (code) => resolve(code === 1000),
      });
    });
  }

  /** Its answer is to have no end. */
  set holdsOpen(holds: boolean) {
    this.#post.holdsOpen = holds;
  }

  /** All events of one kind so far. */
  all<Kind extends PeerEvent['kind']>(kind: Kind): EventOf<Kind>[] {
    return this.events.filter((event): event is EventOf<Kind> => event.kind === kind);
  }

  get names(): string[] {
    return this.all('request').map(({ name }) => name);
  }

  /** Answers each of its requests with these values, or the request's name. */
  answer(values?: readonly unknown[]): void {
    for (const { id, name } of this.all('request')) {
      for (const value of values ?? [name]) this.peer.sendValue(id, value);
      this.peer.endAnswer(id);
    }
  }
}

/** What to answer in place of frames. */
export interface Refusing {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

/** A gateway that takes POSTs, on a socket of the machine, scripted by its test. */
export class HttpGateway {
  /** Exchanges, those without requests included. */
  readonly ends: HttpEnd[] = [];
  /** Media types of all that came, OPTIONS as such. */
  readonly asked: string[] = [];
  /** Answers so while it is set. */
  refuses: Refusing | undefined;
  /** Drops every connection while it is set. */
  drops = false;
  limits: Partial<Limits> = {};
  /** Those that are spoken. */
  dialects: readonly Dialect[] = DIALECTS;
  readonly #server: Server;
  #unseen: HttpEnd[] = [];
  #wake: (() => void) | undefined;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => this.#serve(request, response));
  }

  static async listen(): Promise<HttpGateway> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new HttpGateway(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/mux`;
  }

  /** The next exchange that brings a request, with the first of it; in order. */
  async next(): Promise<HttpEnd> {
    for (;;) {
      const end = this.#unseen.shift();
      if (end !== undefined) return end;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const type = request.headers['content-type'] ?? '';
    this.asked.push(request.method === 'OPTIONS' ? 'OPTIONS' : type);
    if (this.drops) {
      request.socket.destroy();
      return;
    }
    const types = this.dialects.map(({ mediaType }) => mediaType).join(', ');
    if (this.refuses !== undefined) {
      response.writeHead(this.refuses.status, this.refuses.headers ?? { 'Content-Type': 'text/plain' });
      response.end(this.refuses.body);
      return;
    }
    if (request.method === 'OPTIONS') {
      response.writeHead(204, { 'Accept-Post': types }).end();
      return;
    }
    const dialect = this.dialects.find(({ mediaType }) => mediaType === type);
    if (dialect === undefined) {
      response.writeHead(415, { 'Content-Type': 'text/plain' }).end(`Known: ${types}`);
      return;
    }
    const end = new HttpEnd(dialect, request, response, this.limits);
    this.ends.push(end);
    request.on('end', () => {
      // The peer's events come with the turn after.
      setImmediate(() => {
        if (end.names.length === 0) return;
        this.#unseen.push(end);
        this.#wake?.();
      });
    });
  }
}
