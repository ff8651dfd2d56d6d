import { fromJsonForm, toJsonForm } from '@wiremux/client/json';
import type { RedirectOffer } from '@wiremux/framing';
import type { Random } from '../../packages/framing/test/model/random.js';
import { messageOf, same } from './compare.js';
import { randomCodecs } from './encodings.js';
import { FrameWatch } from './frame-watch.js';
import type { Expected, ScriptedCommands } from './gateway-commands.js';
import {
  base64,
  fromBase64,
  type Operation,
  type Reference,
  type ReferenceEvent,
  type ReferenceSession,
} from './reference.js';
import { randomCuts, randomRequest } from './requests.js';
import type { Tally } from './tally.js';
import { decodeSequence, fingerprint } from './values.js';

/** What carries the bytes of the reference's client to a gateway. */
export interface Wire {
  /** Sends bytes, any cut. */
  send(bytes: Uint8Array): void;
  /** Half-duplex: all is sent. */
  finish?(): void;
  close(): void;
}

export interface WireHandlers {
  bytes(bytes: Uint8Array): void;
  /** The other side sends nothing more. */
  ended(reason: string): void;
}

export interface TheirClientOptions {
  readonly reference: Reference;
  readonly random: Random;
  readonly tally: Tally;
  /** The commands of the gateway at the other end. */
  readonly commands: ScriptedCommands;
  /** Requests are held back until all are made, and sent as one. */
  readonly halfDuplex: boolean;
  connect(handlers: WireHandlers): Promise<Wire>;
}

/** A request of the reference's client that has no end yet. */
interface Running {
  readonly expected: Expected;
  readonly script: number;
  readonly name: string;
  readonly pieces: Uint8Array[];
}

/** One session of the reference's client against a gateway; rejects where the two do not agree. */
export function runTheirClient(options: TheirClientOptions): Promise<void> {
  return new TheirClient(options).run();
}

class TheirClient {
  readonly #options: TheirClientOptions;
  readonly #session: ReferenceSession;
  readonly #watch: FrameWatch;
  readonly #running = new Map<number, Running>();
  readonly #done: Promise<void>;
  #finish: () => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  #left: number;
  #work: Promise<unknown> = Promise.resolve();

  constructor(options: TheirClientOptions) {
    this.#options = options;
    this.#session = options.reference.open();
    this.#watch = new FrameWatch(options.tally);
    this.#left = options.random.integer(1, 14);
    this.#done = new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
    });
  }

  async run(): Promise<void> {
    const { connect, halfDuplex, random, tally } = this.#options;
    const encodings = [...randomCodecs(random).map(({ name }) => name), 'identity'];
    const wire = await connect({
      bytes: (bytes) => this.#do(() => this.#received(wire, bytes)),
      ended: (reason) =>
        this.#do(async () => {
          if (this.#running.size > 0) throw new Error(`The gateway ended with requests open: ${reason}`);
        }),
    });
    try {
      await this.#session.run({ do: 'client', buffered: halfDuplex, encodings });
      this.#do(() => this.#callSome(wire));
      await this.#done;
      tally.sessions += 1;
    } finally {
      wire.close();
      this.#session.close();
      for (const { script } of this.#running.values()) this.#options.commands.forget(script);
    }
  }

  #do(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => this.#fail(error));
  }

  async #callSome(wire: Wire): Promise<void> {
    const { halfDuplex, random } = this.#options;
    const count = halfDuplex ? this.#left : random.integer(1, Math.min(6, this.#left));
    const sources: (number | null)[] = [];
    for (let call = 0; call < count; call++) sources.push(await this.#call());
    const bytes = halfDuplex ? await this.#session.frames({ do: 'flush' }) : await this.#takeMixed(sources);
    this.#watch.fromClient(bytes);
    for (const piece of randomCuts(random, bytes)) wire.send(piece);
    if (halfDuplex) wire.finish?.();
  }

  async #call(): Promise<number | null> {
    const { commands, random, tally } = this.#options;
    const request = randomRequest(random, { ownValues: true, emptyAnswers: true, asides: false, redirects: false });
    const expected: Expected = { request, random, tally, reads: random.chance(0.9), difference: undefined };
    const script = commands.expect(expected);
    const known = request.data === undefined ? 'scripted' : 'scripted-data';
    const name = random.chance(0.05) ? request.name.concat('?') : known;
    const args = new Map(Object.entries({ ...request.args, script }).map(([key, value]) => [Buffer.from(key), value]));
    const operation: Operation = {
      do: 'call',
      name: base64(name),
      args: toJsonForm(args),
      data: request.data === undefined ? null : base64(request.data),
      redirect: toJsonForm(request.redirect === undefined ? null : offerOf(request.redirect)),
    };
    const [called] = (await this.#session.run(operation)) as [{ request: number; source: number | null }];
    this.#running.set(called.request, { expected, script, name, pieces: [] });
    this.#left -= 1;
    return called.source;
  }

  /** Frames of several requests in turns; those of the first begin, as its settings do. */
  #takeMixed(sources: readonly (number | null)[]): Promise<Uint8Array> {
    const { random } = this.#options;
    const lanes = sources.filter((source) => source !== null).map((source) => [source]);
    const order = Array.from({ length: 8 * lanes.length }, () => random.integer(0, lanes.length - 1));
    return this.#session.take(lanes, [0, ...order]);
  }

  async #received(wire: Wire, bytes: Uint8Array): Promise<void> {
    this.#watch.fromServer(bytes);
    for (const event of await this.#session.receive(bytes)) this.#onEvent(event);
    if (this.#left > 0) {
      if (this.#running.size === 0 || (!this.#options.halfDuplex && this.#options.random.chance(0.2)))
        await this.#callSome(wire);
    } else if (this.#running.size === 0) {
      this.#finish();
    }
  }

  #onEvent(event: ReferenceEvent): void {
    switch (event.kind) {
      case 'responsedata':
        this.#running.get(event.request)!.pieces.push(fromBase64(event.data));
        if (event.ended) this.#ended(event.request);
        return;
      case 'failed':
        this.#failed(event.request, event.message);
        return;
      case 'noop':
        return;
      default:
        throw new Error(`The reference said: ${JSON.stringify(event)}`);
    }
  }

  #ended(id: number): void {
    const running = this.#running.get(id)!;
    const [status, ...values] = decodeSequence(Buffer.concat(running.pieces));
    const { answer } = running.expected.request;
    if (running.name.endsWith('?')) {
      const { message } = errorOf(status);
      if (!message.includes(`\`${running.name}\``)) throw new Error(`An unknown command was answered: ${message}`);
      this.#options.tally.reach('3.2.6');
      this.#settle(id, running, true);
    } else if (answer.kind === 'values') {
      same('status', fingerprint(status, true), fingerprint({ status: 'ok' }, true));
      same('values', fingerprint(values), fingerprint(answer.values));
      if (values.length === 0) this.#options.tally.reach('3.4.5');
      this.#settle(id, running, false);
    } else {
      same('error', errorOf(status).message, messageOf(running.expected.request));
      this.#options.tally.reach('3.4.3', '3.4.6');
      this.#settle(id, running, true);
    }
  }

  /** An error frame: behind results, or for what is the server's own fault. */
  #failed(id: number, message: unknown): void {
    const running = this.#running.get(id)!;
    const { request } = running.expected;
    const [, ...values] = decodeSequence(Buffer.concat(running.pieces));
    const expected = request.answer.kind === 'late-error' ? request.answer.values : [];
    same('values before the error', fingerprint(values), fingerprint(expected));
    same('error', textOf((fromJsonForm(message) as unknown[])[0]), messageOf(request));
    this.#options.tally.reach('3.4.6', '3.5.1');
    this.#settle(id, running, true);
  }

  #settle(id: number, { script, expected, pieces, name }: Running, failed: boolean): void {
    const { commands, tally } = this.#options;
    if (expected.difference !== undefined) throw new Error(expected.difference);
    this.#running.delete(id);
    commands.forget(script);
    if (failed) this.#watch.failed(id);
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const facts = this.#watch.end(id, bytes);
    tally.count(facts);
    const { answer } = expected.request;
    if (!failed && answer.kind === 'values' && answer.values.length > facts.resultFrames) tally.reach('3.4.7');
    tally.reach('3.1.1', '3.1.2', '3.1.4', '3.2.5', '5.10');
    if (expected.request.data !== undefined) tally.reach(expected.reads && !name.endsWith('?') ? '5.7' : '5.6');
  }
}

/** The offer as the reference's client takes it. */
function offerOf(offer: RedirectOffer): Map<Uint8Array, Uint8Array[]> {
  return new Map(
    Object.entries(offer).map(([key, names]: [string, string[]]) => [
      Buffer.from(key),
      names.map((name) => Buffer.from(name)),
    ]),
  );
}

/** The text of an error status, or of an atom. */
function errorOf(status: unknown): { readonly message: string } {
  const error = entry(status, 'error');
  return { message: textOf(error) };
}

function textOf(map: unknown): string {
  const message = entry(map, 'message') ?? entry(map, 'msg');
  const args = (entry(map, 'args') ?? []) as Uint8Array[];
  let next = 0;
  return Buffer.from(message as Uint8Array)
    .toString('utf8')
    .replace(/%[s%]/g, (mark) => (mark === '%%' ? '%' : Buffer.from(args[next++] ?? []).toString('utf8')));
}

/** What a map whose keys are byte strings has for a name. */
function entry(map: unknown, name: string): unknown {
  if (!(map instanceof Map)) throw new Error(`No map came where one was expected: ${String(map)}`);
  for (const [key, value] of map as Map<Uint8Array, unknown>)
    if (Buffer.from(key).toString('utf8') === name) return value;
  return undefined;
}
