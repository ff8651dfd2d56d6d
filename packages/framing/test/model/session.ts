import {
  DEFAULT_LIMITS,
  type Dialect,
  formatOutput,
  type Limits,
  Peer,
  type PeerEvent,
  type PeerOptions,
  type PeerSettings,
  Responder,
  WiremuxError,
} from '../../src/index.js';
import type { Random } from './random.js';
import { settle, Wire } from './wire.js';

/** What one request is to do, decided when it is opened and known to both ends. */
interface Plan {
  readonly values: readonly unknown[];
  readonly ending: 'end' | 'fail' | 'never';
  readonly upload: readonly Uint8Array[] | undefined;
  /** The command reads its data, stops reading after so many pieces, or does not read at all. */
  readonly reads: number;
  readonly texts: number;
}

/** The opener's view of one request. */
interface Opened {
  readonly plan: Plan;
  /** Values may be dropped at their answerer. */
  readonly drops: boolean;
  /** It may fail because its values are taken too late. */
  readonly fails: boolean;
  readonly values: unknown[];
  dropped: number;
  readonly untaken: number[];
  uploaded: number;
  uploadOver: boolean;
  cancelled: boolean;
  ends: number;
  how: string;
  afterEnd: number;
}

/** The answerer's view of one request. */
interface Answered {
  readonly plan: Plan;
  /** Its values wait for their reader. */
  readonly waits: boolean;
  sent: number;
  pieces: number;
  received: number;
  /** Of all bytes received. */
  sum: number;
  untaken: number[];
  over: boolean;
  blocked: boolean;
  cancelled: boolean;
}

let planCounter = 0;
const SLOW_MODES = [undefined, undefined, undefined, 'block', 'latest', 'drop', 'fail'] as const;
const plans = new Map<number, Plan>();

/** One end of the model: opens random requests and answers those of the other end. */
export class ModelEnd {
  /** Another one once its session was lost. */
  peer: Peer;
  readonly random: Random;
  /** What the server said that does not know its session any more. */
  lostSession: PeerSettings | undefined;
  readonly opened = new Map<number, Opened>();
  readonly done: Opened[] = [];
  readonly answered = new Map<number, Answered>();
  readonly faults: string[] = [];
  /** Uploads as their answerers got them, for those that were read to the end. */
  readonly uploads: { readonly plan: Plan; readonly bytes: number; readonly sum: number }[] = [];

  constructor(peer: Peer, random: Random) {
    this.peer = peer;
    this.random = random;
  }

  open(): void {
    if (this.peer.openSlots === 0) return;
    const { dialect } = this.peer;
    const plan = randomPlan(this.random, dialect);
    const key = ++planCounter;
    plans.set(key, plan);
    const credit = this.random.pick([undefined, 1_024, this.random.integer(1_024, 100_000)]);
    const slow = this.random.pick(SLOW_MODES);
    const id = this.peer.open({
      name: 'model',
      args: { key: String(key), pad: 'x'.repeat(this.random.chance(0.05) ? longest(dialect) : 3) },
      hasData: plan.upload !== undefined,
      channel: this.random.pick(['default', 'bulk', 'unheard-of']),
      ...(credit === undefined ? {} : { credit }),
      ...(slow === undefined ? {} : { slow, keep: this.random.integer(1, 20) }),
    });
    const previous = this.opened.get(id);
    if (previous !== undefined && previous.ends === 0) this.faults.push(`id ${id} was given out twice`);
    if (previous !== undefined) this.done.push(previous);
    this.opened.set(id, {
      plan,
      drops: (slow === 'latest' || slow === 'drop') && dialect.extended,
      fails: slow === 'fail' && dialect.extended,
      values: [],
      dropped: 0,
      untaken: [],
      uploaded: 0,
      uploadOver: plan.upload === undefined,
      cancelled: false,
      ends: 0,
      how: '',
      afterEnd: 0,
    });
    if (plan.upload !== undefined) this.#upload(id);
  }

  /** Does one random thing with a request that is open. */
  act(): void {
    const id = this.random.pick([...this.opened.keys()]);
    const request = id === undefined ? undefined : this.opened.get(id);
    if (request !== undefined && request.ends === 0) {
      if (this.random.chance(0.08)) {
        request.cancelled = true;
        this.peer.cancel(id, this.random.pick([{}, { code: 'deadline' }, { message: 'enough' }]));
      } else {
        this.#take(id, request, this.random.integer(1, 20));
      }
    }
    const answeredId = this.random.pick([...this.answered.keys()]);
    const answer = answeredId === undefined ? undefined : this.answered.get(answeredId);
    if (answer === undefined) return;
    if (answer.cancelled) {
      this.peer.stopped(answeredId, this.random.chance(0.2) ? 'left' : 'stopped');
      this.answered.delete(answeredId);
      return;
    }
    this.#read(answeredId, answer, this.random.integer(1, 20));
    this.#answer(answeredId, answer, this.random.integer(1, 30));
  }

  /** Finishes everything: takes, reads, cancels what never ends. */
  wind(): void {
    for (const [id, request] of this.opened) {
      if (request.ends > 0) continue;
      this.#take(id, request, Number.POSITIVE_INFINITY);
      if (request.plan.ending === 'never' && !request.cancelled) {
        request.cancelled = true;
        this.peer.cancel(id);
      }
    }
    for (const [id, answer] of this.answered) {
      if (answer.cancelled) {
        this.peer.stopped(id);
        this.answered.delete(id);
        continue;
      }
      this.#read(id, answer, Number.POSITIVE_INFINITY);
      this.#answer(id, answer, Number.POSITIVE_INFINITY);
    }
  }

  readonly handle = (event: PeerEvent): void => {
    switch (event.kind) {
      case 'request': {
        const plan = plans.get(Number(textOf(event.args['key']))) as Plan;
        const fresh: Answered = {
          plan,
          waits: event.slow === undefined || event.slow === 'block',
          sent: 0,
          pieces: 0,
          received: 0,
          sum: 0,
          untaken: [],
          over: false,
          blocked: false,
          cancelled: false,
        };
        this.answered.set(event.id, fresh);
        for (let text = 0; text < plan.texts; text++) {
          this.peer.sendOutput(event.id, [{ text: 'line %s', args: [String(text)], labels: [] }]);
          this.peer.sendProgress(event.id, { topic: 'rows', pos: text, total: plan.texts });
        }
        return;
      }
      case 'data': {
        const answer = this.answered.get(event.id);
        if (answer === undefined) return;
        answer.received += event.bytes.length;
        answer.sum += sumOf(event.bytes);
        answer.untaken.push(event.bytes.length);
        return;
      }
      case 'data-end': {
        const answer = this.answered.get(event.id);
        if (answer !== undefined) this.uploads.push({ plan: answer.plan, bytes: answer.received, sum: answer.sum });
        return;
      }
      case 'answer-writable': {
        const answer = this.answered.get(event.id);
        if (answer !== undefined) answer.blocked = false;
        return;
      }
      case 'cancelled': {
        const answer = this.answered.get(event.id);
        if (answer !== undefined) answer.cancelled = true;
        return;
      }
      case 'session-lost':
        this.lostSession = event.settings;
        return;
      case 'closing':
        this.faults.push(`${event.fault.rule}: ${event.fault.message}`);
        return;
      case 'values': {
        const request = this.#openRequest(event.id);
        request?.values.push(...event.values);
        request?.untaken.push(...event.sizes);
        return;
      }
      case 'dropped': {
        const request = this.#openRequest(event.id);
        if (request === undefined) return;
        if (event.total <= request.dropped) this.faults.push(`${event.total} dropped after ${request.dropped}`);
        request.dropped = event.total;
        return;
      }
      case 'output':
        if (!/^(line \d+|\d+ messages dropped)$/.test(formatOutput(event.atoms))) this.faults.push('wrong text');
        this.#openRequest(event.id);
        return;
      case 'answering':
      case 'bytes':
      case 'progress':
        this.#openRequest(event.id);
        return;
      case 'upload-writable':
        this.#upload(event.id);
        return;
      case 'upload-refused': {
        const request = this.opened.get(event.id);
        if (request !== undefined) request.uploadOver = true;
        return;
      }
      case 'ended':
      case 'redirected':
      case 'failed':
      case 'stopped': {
        const request = this.#openRequest(event.id);
        if (request === undefined) return;
        request.ends++;
        request.how = event.kind === 'failed' ? `failed ${event.error.code}` : event.kind;
        return;
      }
      case 'authenticate':
      case 'ready':
      case 'resumed':
      case 'leaving':
      case 'pong':
      case 'drain':
      case 'token':
      case 'token-answered':
      case 'slots-free':
        return;
    }
  };

  /** Goes on with another peer: all that was open has ended. */
  renew(peer: Peer): void {
    this.peer = peer;
    this.lostSession = undefined;
    this.done.push(...this.opened.values());
    this.opened.clear();
    this.answered.clear();
  }

  /** Notes events that come after a request's end. */
  #openRequest(id: number): Opened | undefined {
    const request = this.opened.get(id);
    if (request === undefined) this.faults.push(`an event for request ${id}, which was never opened`);
    else if (request.ends > 0) request.afterEnd++;
    return request;
  }

  #take(id: number, request: Opened, most: number): void {
    const sizes = request.untaken.splice(0, Math.min(most, request.untaken.length));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    if (bytes > 0) this.peer.taken(id, bytes);
  }

  #upload(id: number): void {
    const request = this.opened.get(id);
    const upload = request?.plan.upload;
    if (request === undefined || upload === undefined || request.uploadOver || request.ends > 0) return;
    while (request.uploaded < upload.length) {
      if (!this.peer.sendData(id, upload[request.uploaded++] as Uint8Array)) return;
    }
    request.uploadOver = true;
    this.peer.endData(id);
  }

  #read(id: number, answer: Answered, most: number): void {
    if (answer.over) return;
    for (let piece = 0; piece < most && answer.untaken.length > 0; piece++) {
      if (answer.pieces >= answer.plan.reads) {
        this.peer.refuseData(id);
        answer.untaken.length = 0;
        return;
      }
      answer.pieces++;
      this.peer.dataTaken(id, answer.untaken.shift() as number);
    }
  }

  #answer(id: number, answer: Answered, most: number): void {
    const { values, ending } = answer.plan;
    for (let count = 0; count < most && answer.sent < values.length; count++) {
      if (answer.blocked) return;
      try {
        answer.blocked = !this.peer.sendValue(id, values[answer.sent++]) && answer.waits;
      } catch (error) {
        this.#giveUp(id, error as WiremuxError);
        return;
      }
    }
    // Without cancel a command that never ends is never told to: let it end as the session winds up.
    const endless = ending === 'never' && (this.peer.dialect.duplex || most < Number.POSITIVE_INFINITY);
    if (answer.sent < values.length || endless) return;
    answer.over = true;
    this.answered.delete(id);
    if (ending !== 'fail') this.peer.endAnswer(id);
    else this.peer.failAnswer(id, new WiremuxError('out-of-luck', 'As planned: 100 %.', { data: { at: answer.sent } }));
  }

  /** A value could not be sent. */
  #giveUp(id: number, error: WiremuxError): void {
    this.answered.delete(id);
    this.peer.failAnswer(id, error);
  }
}

/** Tells uploads apart that are as long. */
export function sumOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum + byte, 0);
}

/** The longest argument tried: past one frame, but in the oldest dialect no longer than it can say. */
function longest(dialect: Dialect): number {
  return dialect.name === 'exp-framing-0002' ? 65_000 : 100_000;
}

/** Text arrives as bytes in older dialects. */
function textOf(argument: unknown): string {
  return argument instanceof Uint8Array ? Buffer.from(argument).toString() : String(argument);
}

/** Bytes that arrive as they were sent: where frames end values, those that one frame holds. */
function randomBytes(random: Random, { answers }: Dialect): Uint8Array {
  return new Uint8Array(answers.selfDelimiting ? random.size() : random.integer(1, 65_000));
}

/** A small value; the oldest dialect carries nothing but bytes. */
function row(seq: number, { name }: Dialect): unknown {
  return name === 'exp-framing-0002' ? new Uint8Array(20).fill(seq) : { seq, name: `row ${seq}` };
}

function randomPlan(random: Random, dialect: Dialect): Plan {
  const count = random.pick([0, 1, random.integer(2, 10), random.integer(10, 300)]);
  const values = Array.from({ length: count }, (_, seq) =>
    random.chance(count > 20 ? 0.02 : 0.3) ? randomBytes(random, dialect).fill(seq) : row(seq, dialect),
  );
  const pieces = random.integer(0, 12);
  return {
    values,
    ending: random.pick(['end', 'end', 'end', 'fail', 'never']),
    upload: random.chance(0.4)
      ? Array.from({ length: pieces }, (_, piece) => new Uint8Array(random.size()).fill(piece + 1))
      : undefined,
    reads: random.pick([Number.POSITIVE_INFINITY, 0, random.integer(1, 5)]),
    texts: random.pick([0, 0, random.integer(1, 5)]),
  };
}

/** What a session left behind, for the test to judge. */
export interface SessionResult {
  readonly ends: readonly [ModelEnd, ModelEnd];
  /** Requests may have been refused: more were opened than allowed before the settings said so (SPEC 8.3.3). */
  readonly mayRefuse: boolean;
  readonly quiet: boolean;
}

/** Encodings that both ends have, and what they do beside the event loop. */
export interface ModelEncodings {
  readonly options: Pick<PeerOptions, 'codecs' | 'channels' | 'contexts'>;
  /** Finishes some of the work. */
  work(random: Random): Promise<void>;
}

/** Runs one random session between two legal peers and winds it up. */
export async function runSession(dialect: Dialect, random: Random, encodings?: ModelEncodings): Promise<SessionResult> {
  let now = 0;
  const openRequests = random.pick([4, 64, DEFAULT_LIMITS.openRequests]);
  const limits: Partial<Limits> = {
    answerCredit: random.pick([1_024, 5_000, DEFAULT_LIMITS.answerCredit]),
    uploadWindow: random.pick([16_384, DEFAULT_LIMITS.uploadWindow]),
    framePayload: random.pick([65_535, 65_535, 200_000]),
    openRequests,
    // The model takes late and in small steps on purpose: that is not abuse.
    controlBudget: 1_000_000,
    pausedTimeout: Number.MAX_SAFE_INTEGER,
  };
  const coded = { ...encodings?.options, limits };
  const client = new ModelEnd(new Peer({ role: 'client', responder: Responder, dialect, now, ...coded }), random);
  const server = new ModelEnd(new Peer({ role: 'server', responder: Responder, dialect, now, ...coded }), random);
  const up = new Wire(random);
  const down = new Wire(random);
  const send = (end: ModelEnd, wire: Wire): void => {
    const message = end.peer.takeBytes(now);
    if (message !== undefined) wire.send(message);
    settle(end);
  };
  const receive = (end: ModelEnd, wire: Wire): void => {
    if (!end.peer.readPaused) wire.deliver(end.peer, now);
    settle(end);
  };
  const steps = random.integer(50, 600);
  for (let step = 0; step < steps; step++) {
    now += random.integer(0, 30);
    const [end, out, into] = random.chance(0.5) ? [client, up, down] : [server, down, up];
    switch (random.integer(0, 5)) {
      case 0:
        if (end === client || dialect.duplex) end.open();
        break;
      case 1:
      case 2:
        end.act();
        break;
      case 3:
        send(end, out);
        break;
      case 4:
        receive(end, into);
        break;
      default:
        end.peer.handleTimeout(now);
        if (random.chance(0.02)) end.peer.ping(new Uint8Array(random.integer(0, 64)));
    }
    if (random.chance(0.5)) await encodings?.work(random);
    settle(end);
  }
  let idle = 0;
  for (let turn = 0; turn < 20_000 && idle < 20; turn++) {
    for (const [end, out, into] of [
      [client, up, down],
      [server, down, up],
    ] as const) {
      end.wind();
      send(end, out);
      receive(end, into);
    }
    now += 1;
    await encodings?.work(random);
    const open = [client, server].some((end) => [...end.opened.values()].some(({ ends }) => ends === 0));
    idle = !open && up.empty && down.empty ? idle + 1 : 0;
  }
  return { ends: [client, server], mayRefuse: openRequests < DEFAULT_LIMITS.openRequests, quiet: idle === 20 };
}
