import type { Transform } from 'node:stream';
import { constants, createDeflate, inflateSync } from 'node:zlib';

/** A native context run on the calling thread. */
export interface SyncHandle {
  /** Runs the context over `input` from `start`, and writes at most `room` bytes to the start of `output`. */
  run(input: Uint8Array, start: number, output: Uint8Array, room: number): void;
  /** Bytes of `input` the last run left. */
  readonly unread: number;
  /** Bytes of `room` the last run left. */
  readonly unwritten: number;
}

/** The part of Node's compression streams that `processChunkSync` of its own one-shot functions uses. */
interface Internals {
  readonly _handle?: {
    readonly writeSync?: (
      flush: number,
      input: Uint8Array,
      inputAt: number,
      inputSize: number,
      output: Uint8Array,
      outputAt: number,
      outputSize: number,
    ) => void;
  } | null;
  readonly _writeState?: Uint32Array;
}

/**
 * HAZARD: `_handle.writeSync` and `_writeState` are no public API of Node, though unchanged since Node 11. The public
 * one has no synchronous write, and a small payload costs twenty times as much by way of the thread pool. So they are
 * used here and nowhere else, only where a trial run gives what it should; elsewhere all goes through the thread pool.
 * Never run while a write of the stream is under way: a context is for one thread at a time.
 */
class NodeHandle implements SyncHandle {
  readonly #internals: Internals;
  readonly #flush: number;

  constructor(internals: Internals, flush: number) {
    this.#internals = internals;
    this.#flush = flush;
  }

  get unread(): number {
    return this.#internals._writeState?.[1] ?? 0;
  }

  get unwritten(): number {
    return this.#internals._writeState?.[0] ?? 0;
  }

  run(input: Uint8Array, start: number, output: Uint8Array, room: number): void {
    this.#internals._handle?.writeSync?.(this.#flush, input, start, input.length - start, output, 0, room);
  }
}

/** Whether this Node's internals are those this file knows: found by compressing a few bytes through them. */
function trial(): boolean {
  const plain = new Uint8Array([1, 2, 3, 4]);
  const output = new Uint8Array(64);
  const stream = createDeflate({ flush: constants.Z_SYNC_FLUSH });
  try {
    const { _handle, _writeState } = stream as unknown as Internals;
    if (typeof _handle?.writeSync !== 'function' || !(_writeState instanceof Uint32Array)) return false;
    const handle = new NodeHandle(stream as unknown as Internals, constants.Z_SYNC_FLUSH);
    handle.run(plain, 0, output, output.length);
    if (handle.unread !== 0 || handle.unwritten === 0 || handle.unwritten >= output.length) return false;
    const encoded = output.subarray(0, output.length - handle.unwritten);
    return inflateSync(encoded, { finishFlush: constants.Z_SYNC_FLUSH }).equals(plain);
  } catch {
    return false;
  } finally {
    stream.close();
  }
}

let works: boolean | undefined;

/** The stream's own context, run synchronously with `flush` each time; `undefined` where this Node has no way to. */
export function syncHandleOf(stream: Transform, flush: number): SyncHandle | undefined {
  works ??= trial();
  return works ? new NodeHandle(stream as unknown as Internals, flush) : undefined;
}
