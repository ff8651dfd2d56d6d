import { type Clock, encodeValue, PRINCIPAL_KEYS, PROCESS_KEY_BYTES, WiremuxError } from '@wiremux/framing';
import { canonicalBytes } from './canonical-bytes.js';

/** Bounds of an {@link IdempotencyStore} (SPEC 8.11.10 to 8.11.14, 9.1). */
export interface IdempotencyLimits {
  /** Keys of one principal. Past it `too-many-requests`. Default 1,024. */
  readonly keys: number;
  /** Bytes of all keys, with their arguments and answers. Past it `too-many-requests`. Default 64 MiB. */
  readonly bytes: number;
  /** Bytes of an answer that is kept, as encoded values. A longer one is not. Default 16 KiB. */
  readonly answerBytes: number;
  /** How long an answer is kept, ms. Default 120,000. */
  readonly answerTime: number;
}

const DEFAULTS: IdempotencyLimits = {
  keys: PRINCIPAL_KEYS,
  bytes: PROCESS_KEY_BYTES,
  answerBytes: 16 * 1_024,
  answerTime: 120_000,
};

/** When a caller may ask again for the answer of a run that goes on, ms. */
const RETRY = 1_000;
/** What is counted for a key beside the bytes it holds. */
const KEY_COST = 512;

/** A request with an idempotency key. */
export interface KeyedRequest {
  /** Whose the key is: the name of a principal, or whatever stands for one that has none. */
  readonly owner: unknown;
  readonly command: string;
  readonly key: Uint8Array;
  readonly args: Readonly<Record<string, unknown>>;
}

/** An answer as it was given the first time; text and progress are not part of it. */
export interface KeptAnswer {
  /** Its values, encoded. */
  readonly values: readonly Uint8Array[];
  /** How it failed behind them, if it did. */
  readonly error: WiremuxError | undefined;
}

/** What becomes of a request with a key. */
export type Claim =
  /** Run it, and tell the claim all that comes of it. */
  | { readonly kind: 'run'; readonly run: ClaimedRun }
  /** It has run: this is the answer. */
  | { readonly kind: 'kept'; readonly answer: KeptAnswer }
  | { readonly kind: 'refused'; readonly error: WiremuxError };

/** The one run of a key. */
export interface ClaimedRun {
  /** Its next value was sent. */
  value(value: unknown): void;
  /** Its answer has a part that cannot be kept. */
  unkept(): void;
  /** The command has run to its end, which is the error if there is one. */
  completed(error?: WiremuxError): void;
  /** The command has stopped: unless it was completed, another request with the key may run it. */
  released(): void;
}

interface Owner {
  readonly id: unknown;
  readonly entries: Map<string, Entry>;
  /** Those that may give way, the oldest first. */
  readonly stale: Set<Entry>;
  /** Nobody can ask for its keys any more. */
  gone: boolean;
}

interface Entry {
  readonly owner: Owner;
  readonly name: string;
  readonly args: Uint8Array;
  state: 'running' | 'done';
  /** When it was done, ms. */
  doneAt: number;
  /** Undefined once it is too long, or was kept long enough. */
  values: Uint8Array[] | undefined;
  error: WiremuxError | undefined;
  answerBytes: number;
}

/**
 * The idempotency keys of all connections that share it, and the answers of their runs: a key runs its command to
 * completion at most once for as long as it is remembered (SPEC 8.11.10 to 8.11.14). Answers are kept for a while; a key
 * outlives its answer until its place is needed.
 */
export class IdempotencyStore {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #limits: IdempotencyLimits;
  readonly #owners = new Map<unknown, Owner>();
  /** Done, and their answers kept: in the order they were done. */
  readonly #fresh = new Set<Entry>();
  /** Done, and their answers gone: they give way, the oldest first. */
  readonly #stale = new Set<Entry>();
  #bytes = 0;

  constructor(clock: Pick<Clock, 'now'>, limits: Partial<IdempotencyLimits> = {}) {
    this.#clock = clock;
    this.#limits = { ...DEFAULTS, ...limits };
  }

  /** Bytes it holds, as its limit counts them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Says whether a request with a key may run. */
  claim({ owner: id, command, key, args }: KeyedRequest): Claim {
    this.#retireAnswers();
    const owner: Owner = this.#owners.get(id) ?? { id, entries: new Map(), stale: new Set(), gone: false };
    const name = `${key.length}:${String.fromCharCode(...key)}${command}`;
    const argsBytes = canonicalBytes(args);
    const known = owner.entries.get(name);
    if (known !== undefined) return again(known, argsBytes);
    const entry: Entry = {
      owner,
      name,
      args: argsBytes,
      state: 'running',
      doneAt: 0,
      values: [],
      error: undefined,
      answerBytes: 0,
    };
    if (!this.#makeRoom(owner, costOf(entry))) {
      return refused(
        'too-many-requests',
        'Too many idempotency keys are in use. Leave the key out, or try again later.',
      );
    }
    this.#owners.set(id, owner);
    owner.entries.set(name, entry);
    this.#bytes += costOf(entry);
    return { kind: 'run', run: this.#runOf(entry) };
  }

  /** Nobody can ask for the keys of this owner any more. */
  forget(id: unknown): void {
    const owner = this.#owners.get(id);
    if (owner === undefined) return;
    owner.gone = true;
    for (const entry of owner.entries.values()) if (entry.state === 'done') this.#remove(entry);
  }

  #runOf(entry: Entry): ClaimedRun {
    return {
      value: (value) => this.#keep(entry, encodeValue(value)),
      unkept: () => this.#dropAnswer(entry),
      completed: (error) => this.#complete(entry, error),
      released: () => {
        if (entry.state === 'running') this.#remove(entry);
      },
    };
  }

  #keep(entry: Entry, value: Uint8Array): void {
    if (this.#count(entry, value.length)) entry.values?.push(value);
  }

  /** Counts bytes of an answer that is still to be kept; false, and the answer is given up, where there is no room. */
  #count(entry: Entry, bytes: number): boolean {
    if (entry.values === undefined) return false;
    if (entry.answerBytes + bytes > this.#limits.answerBytes || !this.#makeBytes(bytes)) {
      this.#dropAnswer(entry);
      return false;
    }
    entry.answerBytes += bytes;
    this.#bytes += bytes;
    return true;
  }

  #complete(entry: Entry, error: WiremuxError | undefined): void {
    if (entry.owner.gone) {
      this.#remove(entry);
      return;
    }
    if (error !== undefined && this.#count(entry, errorBytes(error))) entry.error = error;
    entry.state = 'done';
    entry.doneAt = this.#clock.now();
    this.#fresh.add(entry);
  }

  #dropAnswer(entry: Entry): void {
    this.#bytes -= entry.answerBytes;
    entry.answerBytes = 0;
    entry.values = undefined;
    entry.error = undefined;
  }

  /** Answers that were kept long enough go, their keys stay until their place is needed. */
  #retireAnswers(): void {
    const before = this.#clock.now() - this.#limits.answerTime;
    for (const entry of this.#fresh) {
      if (entry.doneAt > before) return;
      this.#fresh.delete(entry);
      this.#dropAnswer(entry);
      this.#stale.add(entry);
      entry.owner.stale.add(entry);
    }
  }

  #makeRoom(owner: Owner, bytes: number): boolean {
    if (owner.entries.size >= this.#limits.keys) {
      const [oldest] = owner.stale;
      if (oldest === undefined) return false;
      this.#remove(oldest);
    }
    return this.#makeBytes(bytes);
  }

  #makeBytes(bytes: number): boolean {
    for (const oldest of this.#stale) {
      if (this.#bytes + bytes <= this.#limits.bytes) break;
      this.#remove(oldest);
    }
    return this.#bytes + bytes <= this.#limits.bytes;
  }

  #remove(entry: Entry): void {
    const { owner, name } = entry;
    if (!owner.entries.delete(name)) return;
    this.#bytes -= costOf(entry) + entry.answerBytes;
    owner.stale.delete(entry);
    this.#stale.delete(entry);
    this.#fresh.delete(entry);
    if (owner.entries.size === 0 && this.#owners.get(owner.id) === owner) this.#owners.delete(owner.id);
  }
}

/** What a further request with a known key gets. */
function again({ args, state, values, error }: Entry, argsBytes: Uint8Array): Claim {
  if (!sameBytes(args, argsBytes)) {
    return refused('idem-mismatch', 'This idempotency key came before with other arguments.');
  }
  if (state === 'running') {
    const message = 'The command runs already for this idempotency key.';
    return refused('duplicate', message, { data: { state }, retry: RETRY });
  }
  if (values !== undefined) return { kind: 'kept', answer: { values, error } };
  const message = 'The command has run for this idempotency key, and its answer is not kept.';
  return refused('duplicate', message, { data: { state } });
}

function refused(code: string, message: string, more?: { readonly data: object; readonly retry?: number }): Claim {
  return { kind: 'refused', error: new WiremuxError(code, message, more) };
}

/** Without its answer. */
function costOf({ name, args }: Entry): number {
  return KEY_COST + name.length + args.length;
}

function errorBytes({ code, message, data }: WiremuxError): number {
  return encodeValue({ code, message, data }).length;
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
