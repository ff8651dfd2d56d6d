import {
  type ContentCodec,
  DIALECTS,
  type Dialect,
  Link,
  type OutputAtom,
  Peer,
  type PeerEvent,
  type ProgressUpdate,
  type RedirectLocation,
  type WiremuxError,
} from '@wiremux/framing';
import { ByteStringReader } from '@wiremux/framing/byte-strings';
import { redirectsTo } from '@wiremux/framing/redirects';
import type { Random } from '../../packages/framing/test/model/random.js';
import { clock } from '../support/clock.js';
import { messageOf, same } from './compare.js';
import { randomCodecs } from './encodings.js';
import { FrameWatch } from './frame-watch.js';
import type { Reference } from './reference.js';
import { hugeRequest, randomCuts, randomRequest, type ScriptedRequest } from './requests.js';
import { ScriptedServer } from './scripted-server.js';
import type { Tally } from './tally.js';
import { fingerprint } from './values.js';

export const EXP_FRAMING_0006: Dialect = DIALECTS.find(({ name }) => name === 'exp-framing-0006')!;

/** Plain bytes that are decoded at a time (SPEC 4.15). */
const LONGEST_DECODED = 65_536;

/** A request under way at our client: what came for it. */
interface Running {
  readonly request: ScriptedRequest;
  /** Data that the queue had no room for yet. */
  upload: Uint8Array[];
  readonly values: unknown[];
  /** Of a byte string that comes in pieces. */
  pieces: Uint8Array[];
  location?: RedirectLocation;
  readonly output: OutputAtom[];
  readonly progress: ProgressUpdate[];
  /** Plain bytes of all values, and of those that were not taken yet. */
  bytes: number;
  untaken: number;
  /** Its caller stops listening at the first value (SPEC 5.9). */
  readonly drops: boolean;
}

export interface OurClientOptions {
  readonly reference: Reference;
  readonly random: Random;
  readonly tally: Tally;
  readonly halfDuplex: boolean;
}

/** One session of our client against the reference's server; rejects where the two do not agree. */
export function runOurClient(options: OurClientOptions): Promise<void> {
  return new OurClient(options).run();
}

class OurClient {
  readonly #options: OurClientOptions;
  readonly #watch: FrameWatch;
  readonly #peer: Peer;
  readonly #running = new Map<number, Running>();
  readonly #requests: readonly ScriptedRequest[];
  /** Takes values only when it must: the transport is paused for it (SPEC 5.9). */
  readonly #lazy: boolean;
  readonly #codecs: readonly ContentCodec[];
  readonly #most: number;
  readonly #done: Promise<void>;
  #finish: () => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  #opened = 0;
  #ended = 0;

  constructor(options: OurClientOptions) {
    const { random, tally, halfDuplex } = options;
    this.#options = options;
    this.#watch = new FrameWatch(tally);
    this.#codecs = randomCodecs(random);
    this.#lazy = random.chance(0.03);
    const abilities = {
      ownValues: false,
      emptyAnswers: false,
      asides: !halfDuplex,
      redirects: this.#codecs.length === 0 && !halfDuplex,
    };
    const requests = [
      ...(this.#lazy ? [hugeRequest(random)] : []),
      ...Array.from({ length: random.integer(1, 14) }, () => randomRequest(random, abilities)),
    ];
    this.#requests = this.#codecs.length > 0 ? atMostOneLateError(requests) : requests;
    this.#most = halfDuplex ? this.#requests.length : random.integer(1, 6);
    const now = clock.now();
    this.#peer = new Peer({ role: 'client', dialect: EXP_FRAMING_0006, now, halfDuplex, codecs: this.#codecs });
    this.#done = new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
    });
  }

  async run(): Promise<void> {
    const { reference, random, halfDuplex } = this.#options;
    const session = reference.open();
    await session.run({ do: 'server', held: halfDuplex });
    const server = new ScriptedServer({
      session,
      random,
      watch: this.#watch,
      halfDuplex,
      encoding: this.#codecs[0]?.name ?? 'identity',
      script: (id) => this.#running.get(id)!.request,
      outstanding: () => this.#opened - server.answered,
      failed: this.#fail,
    });
    const link = new Link({
      peer: this.#peer,
      transport: server,
      clock,
      onEvent: (event) => this.#onEvent(event),
      onClosed: (code, reason) => this.#fail(new Error(`The connection was closed: ${code} ${reason}`)),
    });
    try {
      this.#openMore();
      if (halfDuplex) this.#peer.flush(clock.now());
      await this.#done;
      this.#options.tally.sessions += 1;
    } finally {
      link.close(1000, '');
      session.close();
    }
  }

  #openMore(): void {
    while (this.#running.size < this.#most && this.#opened < this.#requests.length) {
      const request = this.#requests[this.#opened]!;
      this.#opened += 1;
      const hasData = request.data !== undefined;
      const id = this.#peer.open({
        name: request.name,
        args: request.args,
        hasData,
        bytePieces: this.#options.random.chance(0.2) ? ByteStringReader : undefined,
        ...(request.redirect === undefined ? {} : { redirect: redirectsTo(request.redirect) }),
      });
      const upload = request.data === undefined ? [] : randomCuts(this.#options.random, request.data);
      this.#running.set(id, {
        request,
        upload,
        values: [],
        pieces: [],
        output: [],
        progress: [],
        bytes: 0,
        untaken: 0,
        drops: this.#options.random.chance(0.03),
      });
      if (hasData) this.#upload(id);
    }
  }

  #upload(id: number): void {
    const running = this.#running.get(id);
    if (running === undefined) return;
    for (let piece = running.upload.shift(); piece !== undefined; piece = running.upload.shift()) {
      if (!this.#peer.sendData(id, piece)) return;
    }
    this.#peer.endData(id);
  }

  #onEvent(event: PeerEvent): void {
    switch (event.kind) {
      case 'values':
        this.#values(
          event.id,
          event.values,
          event.sizes.reduce((sum, size) => sum + size, 0),
        );
        return;
      case 'bytes':
        this.#piece(event.id, event.bytes, event.size, event.last);
        return;
      case 'redirected':
        this.#running.get(event.id)!.location = event.location;
        this.#settle(event.id, undefined);
        return;
      case 'output':
        this.#running.get(event.id)!.output.push(...event.atoms);
        return;
      case 'progress':
        this.#running.get(event.id)!.progress.push(event.update);
        return;
      case 'upload-writable':
        this.#upload(event.id);
        return;
      case 'ended':
        this.#settle(event.id, undefined);
        return;
      case 'failed':
        this.#settle(event.id, event.error);
        return;
      case 'stopped':
        this.#options.tally.reach('5.9');
        this.#running.delete(event.id);
        this.#endOne();
        return;
      case 'answering':
      case 'ready':
        return;
      default:
        this.#fail(new Error(`Our client said: ${JSON.stringify(event)}`));
    }
  }

  #values(id: number, values: readonly unknown[], size: number): void {
    const running = this.#running.get(id)!;
    running.values.push(...values);
    this.#take(id, running, size);
    if (running.drops) this.#peer.cancel(id);
  }

  #piece(id: number, bytes: Uint8Array, size: number, last: boolean): void {
    const running = this.#running.get(id)!;
    running.pieces.push(bytes);
    if (last) {
      running.values.push(new Uint8Array(Buffer.concat(running.pieces)));
      if (running.pieces.length > 1) this.#options.tally.reach('3.1.9', '3.4.8');
      running.pieces = [];
    }
    this.#take(id, running, size);
  }

  #take(id: number, running: Running, size: number): void {
    running.bytes += size;
    if (!this.#lazy) {
      this.#peer.taken(id, size);
      return;
    }
    running.untaken += size;
    if (this.#peer.readPaused) setImmediate(() => this.#takeAll());
  }

  /** What a lazy consumer does when nothing more comes (SPEC 5.9). */
  #takeAll(): void {
    if (!this.#peer.readPaused) return;
    this.#options.tally.reach('5.9');
    for (const [id, running] of this.#running) {
      this.#peer.taken(id, running.untaken);
      running.untaken = 0;
    }
  }

  #settle(id: number, error: WiremuxError | undefined): void {
    const running = this.#running.get(id)!;
    this.#running.delete(id);
    try {
      this.#compare(running, error);
    } catch (difference) {
      this.#fail(difference);
      return;
    }
    if (error !== undefined) this.#watch.failed(id);
    const facts = this.#watch.end(id, running.bytes);
    this.#options.tally.count(facts);
    if (running.bytes > facts.resultFrames * LONGEST_DECODED) this.#options.tally.reach('4.15');
    this.#endOne();
  }

  #endOne(): void {
    this.#ended += 1;
    if (this.#ended === this.#requests.length) this.#finish();
    else if (!this.#options.halfDuplex) this.#openMore();
  }

  #compare({ request, values, output, progress, location }: Running, error: WiremuxError | undefined): void {
    const { answer, asides, args, data } = request;
    const { tally } = this.#options;
    const expected = 'values' in answer ? answer.values : [];
    // What an encoder or a frame had not let go of when the command failed does not come.
    const comparable = answer.kind === 'late-error' ? expected.slice(0, values.length) : expected;
    same('values', fingerprint(values), fingerprint(comparable));
    same('error', error?.message, messageOf(request));
    same('code', error?.code, error === undefined ? undefined : 'remote-error');
    same(
      'text',
      JSON.stringify(output),
      JSON.stringify(asides.flatMap((aside) => (aside.kind === 'output' ? aside.atoms : []))),
    );
    const updates = asides.flatMap((aside) => (aside.kind === 'progress' ? [aside.update] : []));
    same('progress', JSON.stringify(progress.map(sorted)), JSON.stringify(updates.map(sorted)));
    same(
      'location',
      location && fingerprint(location),
      answer.kind === 'redirect' ? fingerprint(answer.location) : undefined,
    );
    tally.reach('3.1.1', '3.1.2', '3.1.4');
    if (Object.keys(args).length > 0) tally.reach('3.1.3');
    if (request.redirect !== undefined) tally.reach('3.2.7');
    if (location !== undefined) tally.reach('3.4.10', '3.4.11');
    if (expected.some((value) => value instanceof Set)) tally.reach('3.1.5');
    if (output.length > 0) tally.reach('3.6.2', '3.6.3');
    if (progress.some(({ pos }) => pos === -1)) tally.reach('3.7.2');
    if (data !== undefined) tally.reach('3.3.3');
    if (answer.kind === 'command-error') tally.reach('3.4.3');
    if (answer.kind === 'late-error') tally.reach('3.4.6');
    if (error !== undefined) tally.reach('3.9.4');
  }
}

/** Each costs the reference an encoded stream, and there may be few of them (SPEC 9.1). */
function atMostOneLateError(requests: readonly ScriptedRequest[]): ScriptedRequest[] {
  const first = requests.findIndex(({ answer }) => answer.kind === 'late-error');
  return requests.map((request, at) => {
    const { answer } = request;
    if (answer.kind !== 'late-error' || at === first) return request;
    return { ...request, answer: { kind: 'server-error', message: answer.message } };
  });
}

function sorted(update: ProgressUpdate): [string, unknown][] {
  return Object.entries(update).sort(([left], [right]) => (left < right ? -1 : 1));
}
