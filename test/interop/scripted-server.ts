import { fromJsonForm, type JsonValue, toJsonForm } from '@wiremux/client/json';
import type { RedirectLocation, Transport, TransportHandlers } from '@wiremux/framing';
import type { Random } from '../../packages/framing/test/model/random.js';
import type { FrameWatch } from './frame-watch.js';
import { base64, type Operation, type ReferenceEvent, type ReferenceSession } from './reference.js';
import { type Aside, randomCuts, type ScriptedRequest } from './requests.js';
import { fingerprint } from './values.js';

/** Bytes in flight below which the sender is told to go on. */
const LOW_WATER = 65_536;
/** More would be streams without a purpose; the reference does not end any. */
const MOST_STREAMS = 3;

export interface ScriptedServerOptions {
  readonly session: ReferenceSession;
  readonly random: Random;
  readonly watch: FrameWatch;
  /** Answers are held until the end of input. */
  readonly halfDuplex: boolean;
  /** The encoding the reference will choose, from what its client advertises. */
  readonly encoding: string;
  /** What request `id` is to be, and how to answer it. */
  script(id: number): ScriptedRequest;
  /** How many requests were sent and not answered: what there is no point in waiting for more than. */
  outstanding(): number;
  /** Something went wrong: the session has failed. */
  failed(error: unknown): void;
}

/** A request that waits for its answer. */
interface Arrived {
  readonly id: number;
  readonly request: ScriptedRequest;
}

/** The transport to the reference's server, which answers as the script says: in random groups, orders and interleavings. */
export class ScriptedServer implements Transport {
  readonly #options: ScriptedServerOptions;
  #handlers: TransportHandlers | undefined;
  #arrived: Arrived[] = [];
  /** Requests whose answers were given to the reference. */
  #answered = 0;
  #inFlight = 0;
  #full = false;
  #streams: { readonly id: number; readonly encoded: boolean; spoilt: boolean }[] = [];
  /** All that is done with the reference, one thing after the other. */
  #work: Promise<unknown> = Promise.resolve();
  #paused = false;
  #pending: Uint8Array[] = [];
  /** Half-duplex: nothing follows what is pending. */
  #outputEnds = false;
  #closed = false;

  constructor(options: ScriptedServerOptions) {
    this.#options = options;
  }

  get answered(): number {
    return this.#answered;
  }

  get bufferedBytes(): number {
    return this.#inFlight;
  }

  start(handlers: TransportHandlers): void {
    this.#handlers = handlers;
  }

  send(chunks: readonly Uint8Array[]): void {
    const bytes = Buffer.concat(chunks);
    this.#inFlight += bytes.length;
    this.#full = this.#full || this.#inFlight > LOW_WATER;
    this.#do(async () => {
      this.#options.watch.fromClient(bytes);
      for (const piece of randomCuts(this.#options.random, bytes))
        this.#heard(await this.#options.session.receive(piece));
      this.#inFlight -= bytes.length;
      if (this.#full && this.#inFlight <= LOW_WATER) {
        this.#full = false;
        this.#handlers?.drain();
      }
      await this.#answerSome();
    });
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    setImmediate(() => this.#deliver());
  }

  finish(): void {
    this.#do(async () => {
      await this.#answerSome();
      this.#outputEnds = true;
      this.#deliverBytes(await this.#options.session.frames({ do: 'end_of_input' }));
    });
  }

  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    setImmediate(() => this.#handlers?.closed(code, reason));
  }

  terminate(): void {
    this.close(1006, '');
  }

  #do(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => this.#options.failed(error));
  }

  #heard(events: readonly ReferenceEvent[]): void {
    for (const event of events) {
      if (event.kind === 'runcommand') this.#checkArrived(event);
      else if (event.kind !== 'wantframe') throw new Error(`The reference said: ${JSON.stringify(event)}`);
    }
  }

  #checkArrived(event: ReferenceEvent & { readonly kind: 'runcommand' }): void {
    const request = this.#options.script(event.request);
    const same =
      base64(request.name) === event.command &&
      fingerprint(request.args, true) === fingerprint(fromJsonForm(event.args)) &&
      (request.data === undefined ? null : base64(request.data)) === event.data &&
      fingerprint(fromJsonForm(event.redirect)) === fingerprint(request.redirect ?? null, true);
    if (!same) throw new Error(`Request ${event.request} arrived as something else.`);
    this.#arrived.push({ id: event.request, request });
  }

  async #answerSome(): Promise<void> {
    const { random, outstanding } = this.#options;
    while (this.#arrived.length > 0) {
      const all = this.#arrived.length >= outstanding();
      if (!all && random.chance(0.7)) return;
      const group = this.#arrived.splice(0, random.integer(1, this.#arrived.length));
      await this.#answer(group.sort(() => random.next() - 0.5));
    }
  }

  async #answer(group: readonly Arrived[]): Promise<void> {
    const { session, random, halfDuplex } = this.#options;
    const lanes = new Map<string, number[]>();
    for (const { id, request } of group) {
      const stream = await this.#pickStream();
      const operations = [
        ...request.asides.map((aside) => asideOn(stream.id, id, aside)),
        answerOn(stream.id, id, request),
      ];
      const sources = ((await session.run(...operations)) as (number | null)[]).filter((source) => source !== null);
      // An encoder keeps what it has not flushed: behind a failure it would come with another request's answer.
      if (stream.encoded && request.answer.kind === 'late-error') stream.spoilt = true;
      // One answer after the other on an encoded stream: interleaving them there breaks the reference's own client.
      const lane = stream.encoded ? `stream ${stream.id}` : `request ${id}`;
      lanes.set(lane, [...(lanes.get(lane) ?? []), ...sources]);
    }
    this.#answered += group.length;
    if (halfDuplex && [...lanes.values()].every((sources) => sources.length === 0)) return;
    const order = Array.from({ length: 20 * lanes.size }, () => random.integer(0, lanes.size - 1));
    this.#deliverBytes(await session.take([...lanes.values()], random.chance(0.8) ? order : []));
  }

  async #pickStream(): Promise<{ readonly id: number; readonly encoded: boolean; spoilt: boolean }> {
    const { session, random, encoding } = this.#options;
    const usable = this.#streams.filter(({ spoilt }) => !spoilt);
    if (usable.length > 0 && (usable.length === MOST_STREAMS || random.chance(0.7))) return random.pick(usable);
    const [id] = (await session.run({ do: 'stream' })) as [number];
    const stream = { id, encoded: encoding !== 'identity', spoilt: false };
    this.#streams.push(stream);
    return stream;
  }

  #deliverBytes(bytes: Uint8Array): void {
    this.#options.watch.fromServer(bytes);
    this.#pending.push(...randomCuts(this.#options.random, bytes));
    this.#deliver();
  }

  #deliver(): void {
    while (!this.#paused && !this.#closed) {
      const piece = this.#pending.shift();
      if (piece !== undefined) this.#handlers?.bytes(piece);
      else if (this.#outputEnds) this.#end();
      else return;
    }
  }

  /** Of a half-duplex exchange. */
  #end(): void {
    this.#outputEnds = false;
    this.#handlers?.ended?.();
    this.close(1000, '');
  }
}

function answerOn(stream: number, request: number, { answer }: ScriptedRequest): Operation {
  switch (answer.kind) {
    case 'values':
      return { do: 'answer', stream, request, values: toJsonForm(answer.values), failure: null };
    case 'late-error':
      return { do: 'answer', stream, request, values: toJsonForm(answer.values), failure: answer.message };
    case 'command-error':
      return { do: 'command_error', stream, request, message: base64(answer.message), args: answer.args.map(base64) };
    case 'redirect':
      return { do: 'redirect', stream, request, location: locationForm(answer.location) };
    default:
      return { do: 'server_error', stream, request, message: base64(answer.message) };
  }
}

/** A location by the names its fields have on the wire; one it has not is null. */
function locationForm(location: RedirectLocation): JsonValue {
  const { url, mediaType, size, fullHashes, fullHashSeed, serverDerCerts, serverCaDerCerts } = location;
  const fields = {
    url: utf8(url),
    mediatype: utf8(mediaType),
    size: size ?? null,
    fullhashes: fullHashes?.map(([name, digest]) => [utf8(name), digest]) ?? null,
    fullhashseed: fullHashSeed ?? null,
    serverdercerts: serverDerCerts ?? null,
    servercadercerts: serverCaDerCerts ?? null,
  };
  return toJsonForm(new Map(Object.entries(fields).map(([name, value]) => [utf8(name), value])));
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function asideOn(stream: number, request: number, aside: Aside): Operation {
  if (aside.kind === 'output') {
    const atoms = aside.atoms.map(
      ({ text, args, labels }) => [base64(text), args.map(base64), labels.map(base64)] as const,
    );
    return { do: 'print', stream, request, atoms };
  }
  const { topic, pos, total, item, label } = aside.update;
  const fields = [`b'pos': ${pos}`, `b'topic': b'${topic}'`, `b'total': ${total}`];
  if (item !== undefined) fields.push(`b'item': b'${item}'`);
  if (label !== undefined) fields.push(`b'label': b'${label}'`);
  return { do: 'frame', text: `${request} ${stream} 0 progress 0 cbor:{${fields.join(', ')}}` };
}
