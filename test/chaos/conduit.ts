import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Heading, PlannedFault } from './faults.js';

/** Bytes that may be under way in a direction that is delayed. */
const MOST_DELAYED = 4 * 1024 * 1024;
/** A slow line moves in steps of so many ms. */
const STEP = 5;

/** Told what a conduit does that concerns more than itself. */
export interface ConduitHost {
  readonly signal: AbortSignal;
  happened(heading: Heading, at: number, fault: Fault): void;
  /** Both directions end at once. */
  cut(): void;
  /** What goes either way vanishes from now on. */
  vanish(): void;
}

/** One direction of a connection: moves bytes, until its faults come. */
export class Conduit {
  readonly #heading: Heading;
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #faults: PlannedFault[];
  readonly #host: ConduitHost;
  #passed = 0;
  #swallows = false;
  #delay = 0;
  /** Bytes that still go slowly, and how fast. */
  #slow = { bytes: 0, rate: 0 };
  /** What is delayed, in order. */
  #delayed: Promise<void> = Promise.resolve();
  #delayedBytes = 0;

  constructor(heading: Heading, from: Socket, to: Socket, faults: readonly PlannedFault[], host: ConduitHost) {
    this.#heading = heading;
    this.#from = from;
    this.#to = to;
    this.#faults = faults.filter((planned) => planned.heading === heading).sort((a, b) => a.at - b.at);
    this.#host = host;
  }

  /** Resolves when this direction has ended; never rejects. */
  async run(): Promise<void> {
    try {
      for await (const chunk of this.#from.iterator({ destroyOnReturn: false })) {
        await this.#move(chunk as Buffer);
      }
      await this.#delayed;
      if (!this.#swallows && !this.#host.signal.aborted) this.#to.end();
    } catch {
      // A socket broke, or the proxy closes: the other direction hears of it by itself.
      this.#host.cut();
    }
  }

  /** What is sent from now on vanishes. */
  swallow(): void {
    this.#swallows = true;
  }

  async #move(chunk: Buffer): Promise<void> {
    for (let rest = chunk; rest.length > 0 && !this.#host.signal.aborted; ) {
      const next = this.#faults[0];
      const piece = next === undefined ? rest : rest.subarray(0, Math.max(0, next.at - this.#passed));
      if (piece.length > 0) await this.#deliver(piece);
      this.#passed += piece.length;
      rest = rest.subarray(piece.length);
      if (next === undefined || this.#passed < next.at) continue;
      this.#faults.shift();
      await this.#commit(next);
    }
  }

  async #commit({ at, fault }: PlannedFault): Promise<void> {
    this.#host.happened(this.#heading, at, fault);
    switch (fault.kind) {
      case 'cut':
        this.#host.cut();
        return;
      case 'end':
        this.#to.end();
        this.#swallows = true;
        return;
      case 'swallow':
        this.#swallows = true;
        return;
      case 'vanish':
        this.#host.vanish();
        return;
      case 'stall':
        await this.#sleep(fault.ms);
        return;
      case 'delay':
        this.#delay = fault.ms;
        return;
      case 'throttle':
        this.#slow = { bytes: fault.bytes, rate: fault.rate };
        return;
    }
  }

  async #deliver(piece: Buffer): Promise<void> {
    if (this.#swallows) return;
    // What is still delayed may not be overtaken.
    if (this.#delay === 0 && this.#delayedBytes === 0) await this.#write(piece);
    else await this.#deliverLate(piece);
  }

  async #deliverLate(piece: Buffer): Promise<void> {
    const due = performance.now() + this.#delay;
    this.#delayedBytes += piece.length;
    this.#delayed = this.#delayed.then(async () => {
      await this.#sleep(due - performance.now());
      await this.#write(piece);
      this.#delayedBytes -= piece.length;
    });
    // Who breaks first is told by `run`, which awaits it in the end.
    this.#delayed.catch(() => undefined);
    if (this.#delayedBytes > MOST_DELAYED) await this.#delayed;
  }

  async #write(piece: Buffer): Promise<void> {
    for (let rest = piece; rest.length > 0; ) {
      const isSlow = this.#slow.bytes > 0;
      const most = isSlow
        ? Math.max(1, Math.min(this.#slow.bytes, Math.floor((this.#slow.rate * STEP) / 1_000)))
        : rest.length;
      const step = rest.subarray(0, most);
      rest = rest.subarray(step.length);
      if (isSlow) {
        this.#slow.bytes -= step.length;
        await this.#sleep(STEP);
      }
      if (!this.#to.write(step)) await once(this.#to, 'drain', { signal: this.#host.signal });
    }
  }

  async #sleep(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.#host.signal });
  }
}
