import { WiremuxError } from '@wiremux/framing';
import { type Observable, type Subscription, takeWhile } from 'rxjs';
import type { UploadSource } from './source.js';

/** Reads an Observable, which cannot be told to wait: what it emits ahead of the upload is kept, up to a limit. */
export class ObservableSource implements UploadSource {
  readonly #observable: Observable<Uint8Array>;
  readonly #maxBuffer: number;
  readonly #onOverflow: (error: WiremuxError) => void;
  readonly #pieces: Uint8Array[] = [];
  #buffered = 0;
  #subscription: Subscription | undefined;
  #end: { readonly error?: unknown } | undefined;
  #arrived: (() => void) | undefined;

  /** @param onOverflow told, once, when more than `maxBuffer` bytes are kept; nothing more is read then. */
  constructor(observable: Observable<Uint8Array>, maxBuffer: number, onOverflow: (error: WiremuxError) => void) {
    this.#observable = observable;
    this.#maxBuffer = maxBuffer;
    this.#onOverflow = onOverflow;
  }

  async read(): Promise<Uint8Array | undefined> {
    this.#subscription ??= this.#subscribe();
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece !== undefined) {
        this.#buffered -= piece.byteLength;
        return piece;
      }
      if (this.#end !== undefined) {
        if ('error' in this.#end) throw this.#end.error;
        return undefined;
      }
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }

  cancel(): void {
    this.#pieces.length = 0;
    this.#finish({});
    try {
      this.#subscription?.unsubscribe();
    } catch {
      // A source that fails while it is given up has nobody left to tell.
    }
  }

  /** What a second subscription would give is anybody's guess. */
  again(): undefined {
    return undefined;
  }

  #subscribe(): Subscription {
    // An Observable may emit all it has while it is being subscribed to, when there is no subscription to end yet.
    return this.#observable.pipe(takeWhile(() => this.#end === undefined)).subscribe({
      next: (piece) => this.#keep(piece),
      error: (error: unknown) => this.#finish({ error }),
      complete: () => this.#finish({}),
    });
  }

  #keep(piece: Uint8Array): void {
    this.#buffered += piece.byteLength;
    if (this.#buffered > this.#maxBuffer) {
      this.cancel();
      this.#onOverflow(overflow(this.#maxBuffer));
      return;
    }
    this.#pieces.push(piece);
    this.#arrived?.();
  }

  #finish(end: { readonly error?: unknown }): void {
    this.#end ??= end;
    this.#arrived?.();
  }
}

function overflow(limit: number): WiremuxError {
  return new WiremuxError(
    'upload-failed',
    `The Observable to upload emitted over ${limit} bytes more than the gateway took. Upload a stream or an async iterable, which can wait, or raise \`maxUploadBuffer\`.`,
  );
}
