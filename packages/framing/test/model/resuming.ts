import {
  DEFAULT_LIMITS,
  type Dialect,
  KeptBudget,
  type Limits,
  Peer,
  Responder,
  WiremuxError,
} from '../../src/index.js';
import type { Random } from './random.js';
import { type ModelEncodings, ModelEnd, type SessionResult } from './session.js';
import { settle, Wire } from './wire.js';

/** One transport: what each end does with it is up to the model. */
interface Line {
  readonly up: Wire;
  readonly down: Wire;
  /** Who reads `up` and writes `down`; undefined: the server knows that it is gone. */
  server: Peer | undefined;
}

/** How often something happens, as a chance in each step. */
interface Weather {
  /** A transport is lost, at one end first. */
  readonly cuts: number;
  /** The server does not know the session any more. */
  readonly forgets: number;
}

/** What a run left behind. */
export interface ResumingResult extends SessionResult {
  readonly resumes: number;
  readonly losses: number;
  /** Of all peers that there were. */
  readonly kept: KeptBudget;
}

/** A client and a server whose session goes over one transport after another, each cut anywhere, inside frames too. */
class ResumingModel {
  readonly client: ModelEnd;
  readonly server: ModelEnd;
  readonly kept: KeptBudget;
  now = 0;
  resumes = 0;
  losses = 0;
  readonly #random: Random;
  readonly #options: ConstructorParameters<typeof Peer>[0];
  readonly #peers: Peer[] = [];
  /** The line of each end; those of the client that the server has not seen the end of. */
  #clientLine: Line | undefined;
  #lines: Line[] = [];
  #grants = 0;
  /** The id of the session that the server keeps. */
  #session: Uint8Array | undefined;
  forgetful = 0;

  constructor(dialect: Dialect, random: Random, limits: Partial<Limits>, encodings?: ModelEncodings) {
    this.#random = random;
    this.kept = new KeptBudget(random.pick([undefined, 1, 200_000]));
    const coded = { ...encodings?.options, dialect, limits, now: 0, kept: this.kept };
    this.#options = { ...coded, role: 'client', session: 'new' };
    this.client = new ModelEnd(this.#peer(this.#options), random);
    const first = this.#serverPeer();
    this.server = new ModelEnd(first, random);
    this.#dial(first);
  }

  send(end: ModelEnd): void {
    const wire = end === this.client ? this.#clientLine?.up : this.#serverLine?.down;
    const message = end.peer.takeBytes(this.now);
    if (message === undefined) return;
    if (wire === undefined) end.faults.push('it sent something without a transport');
    wire?.send(message);
    this.settle(end);
  }

  receive(end: ModelEnd): void {
    if (end === this.client) {
      if (this.#clientLine !== undefined && !end.peer.readPaused) this.#clientLine.down.deliver(end.peer, this.now);
      this.settle(end);
      return;
    }
    for (const line of [...this.#lines]) {
      const { server } = line;
      if (server === undefined || server.readPaused) continue;
      line.up.deliver(server, this.now);
      if (server === this.server.peer && server.session !== undefined) this.settle(end);
      else this.#newcomer(line, server);
    }
  }

  settle(end: ModelEnd): void {
    settle(end);
    if (end === this.client && end.lostSession !== undefined) this.#renewClient();
  }

  /** One end finds its transport gone; the other may find out later, or only when another comes. */
  cut(): void {
    // Before it has its session a client loses everything with its transport, as without one.
    if (this.client.peer.session === undefined) return;
    if (this.#random.chance(0.7)) this.#cutClient();
    else if (this.#serverLine !== undefined) this.#cutServer(this.#serverLine);
  }

  /** The client dials where it has no transport. */
  redial(): void {
    const line = this.#clientLine;
    // It hears of a transport that is gone at the other end, once what was under way has come or is lost.
    if (line !== undefined && line.server === undefined && (line.down.empty || this.#random.chance(0.3))) {
      this.#cutClient();
    }
    if (this.#clientLine !== undefined || !this.client.peer.detached) return;
    this.client.peer.attach(this.now);
    this.#dial(this.#serverPeer());
  }

  get quiet(): boolean {
    return this.#clientLine?.up.empty === true && this.#clientLine.down.empty && this.#serverLine !== undefined;
  }

  close(): void {
    for (const peer of this.#peers) peer.transportClosed(new WiremuxError('session-lost', 'The session is over.'));
  }

  get #serverLine(): Line | undefined {
    return this.#lines.find(({ server }) => server === this.server.peer);
  }

  #peer(options: ConstructorParameters<typeof Peer>[0]): Peer {
    const peer = new Peer({ ...options, responder: Responder, now: this.now });
    this.#peers.push(peer);
    return peer;
  }

  #serverPeer(): Peer {
    const { session: _, ...options } = this.#options;
    return this.#peer({ ...options, role: 'server', authenticate: true });
  }

  #dial(server: Peer): void {
    this.#clientLine = { up: new Wire(this.#random), down: new Wire(this.#random), server };
    this.#lines.push(this.#clientLine);
  }

  #cutClient(): void {
    if (this.#clientLine === undefined || !this.client.peer.survives(1006)) return;
    this.#clientLine = undefined;
    this.client.peer.detach(this.now);
    this.settle(this.client);
  }

  #cutServer(line: Line): void {
    this.#drop(line);
    this.server.peer.detach(this.now);
    this.settle(this.server);
  }

  /** The server has closed it. */
  #drop(line: Line): void {
    line.server = undefined;
    this.#lines = this.#lines.filter((other) => other !== line);
  }

  /** A peer that may become the server's, or give its transport to it. */
  #newcomer(line: Line, peer: Peer): void {
    for (const event of peer.takeEvents()) {
      // It may have opened requests before its first client is let in, and given them up.
      if (peer === this.server.peer) this.server.handle(event);
      if (event.kind !== 'authenticate') continue;
      const asked = event.settings.session;
      const known = asked?.kind === 'resume' && this.#session?.[0] === asked.id[0];
      const older = this.#serverLine;
      const grant = { id: asked?.kind === 'resume' ? asked.id : this.#id(), secret: new Uint8Array(32), ttl: 120 };
      const forgets = this.#random.chance(this.forgetful);
      if (known && !forgets && this.server.peer.resume(peer, this.now, { session: grant })) {
        if (older !== undefined) this.#drop(older);
        line.server = this.server.peer;
        this.resumes++;
        this.settle(this.server);
      } else if (line === this.#clientLine) {
        this.#admit(peer);
      } else {
        // Its client has given it up meanwhile: whoever it is let in as, nothing more comes.
        this.#drop(line);
        // It may have been the resume too many.
        if (older !== undefined && !this.server.peer.survives(1006)) this.#drop(older);
      }
    }
  }

  /** A new session: what the server had of another ends. */
  #admit(peer: Peer): void {
    if (this.server.peer !== peer) {
      this.server.peer.transportClosed(new WiremuxError('session-lost', 'It was forgotten.'));
      this.settle(this.server);
      this.server.faults.splice(
        0,
        this.server.faults.length,
        ...this.server.faults.filter((why) => !/^8\.8\.10/.test(why)),
      );
      this.#lines = this.#lines.filter(({ server }) => server !== this.server.peer);
      this.server.renew(peer);
    }
    this.#session = this.#id();
    peer.accept(this.now, { session: { id: this.#session, secret: new Uint8Array(32), ttl: 120, node: 'model' } });
    this.settle(this.server);
  }

  #id(): Uint8Array {
    return new Uint8Array(16).fill(++this.#grants);
  }

  #renewClient(): void {
    this.losses++;
    const successor = this.#peer({ ...this.#options, successorOf: this.client.peer });
    this.client.renew(successor);
    this.settle(this.client);
  }
}

/** Runs one random session over transports that do not last, and winds it up in better weather. */
export async function runResuming(
  dialect: Dialect,
  random: Random,
  { cuts, forgets }: Weather,
  encodings?: ModelEncodings,
): Promise<ResumingResult> {
  const openRequests = random.pick([4, 64, DEFAULT_LIMITS.openRequests]);
  const model = new ResumingModel(
    dialect,
    random,
    {
      answerCredit: random.pick([1_024, 5_000, DEFAULT_LIMITS.answerCredit]),
      uploadWindow: random.pick([16_384, DEFAULT_LIMITS.uploadWindow]),
      framePayload: random.pick([65_535, 65_535, 200_000]),
      openRequests,
      // The model takes late and in small steps on purpose: that is not abuse.
      controlBudget: 1_000_000,
      settingsTimeout: Number.MAX_SAFE_INTEGER,
    },
    encodings,
  );
  model.forgetful = forgets;
  const { client, server } = model;
  const steps = random.integer(50, 600);
  for (let step = 0; step < steps; step++) {
    model.now += random.integer(0, 30);
    const end = random.chance(0.5) ? client : server;
    switch (random.integer(0, 6)) {
      case 0:
        end.open();
        break;
      case 1:
      case 2:
        end.act();
        break;
      case 3:
        model.send(end);
        break;
      case 4:
      case 5:
        model.receive(end);
        break;
      default:
        end.peer.handleTimeout(model.now);
        if (random.chance(0.02)) end.peer.ping(new Uint8Array(random.integer(0, 64)));
    }
    if (random.chance(cuts)) model.cut();
    if (random.chance(0.2)) model.redial();
    if (random.chance(0.5)) await encodings?.work(random);
    model.settle(end);
  }
  let idle = 0;
  for (let turn = 0; turn < 20_000 && idle < 20; turn++) {
    model.redial();
    for (const end of [client, server]) {
      end.wind();
      model.send(end);
      model.receive(end);
    }
    model.now += 1;
    await encodings?.work(random);
    const open = [client, server].some((end) => [...end.opened.values()].some(({ ends }) => ends === 0));
    idle = !open && model.quiet ? idle + 1 : 0;
  }
  // What is still kept is what the last acks have not come for.
  for (let turn = 0; turn < 200; turn++) {
    model.now += 10;
    for (const end of [client, server]) {
      model.send(end);
      model.receive(end);
    }
  }
  const kept = client.peer.keptBytes + server.peer.keptBytes;
  if (idle === 20 && kept !== 0) client.faults.push(`${kept} bytes are kept for nothing`);
  model.close();
  const { resumes, losses } = model;
  const mayRefuse = openRequests < DEFAULT_LIMITS.openRequests;
  return { ends: [client, server], mayRefuse, quiet: idle === 20, resumes, losses, kept: model.kept };
}
