import { WiremuxError } from '@wiremux/framing';
import { isObservable, type Observable } from 'rxjs';
import { IterableSource } from './iterable-source.js';
import { ObservableSource } from './observable-source.js';
import { StreamSource } from './stream-source.js';

/**
 * What can be uploaded. Pieces are of any size, and must not be changed once given. All but an Observable are read on
 * demand. Of these, bytes, a Blob and an iterable that can be iterated again can be uploaded more than once.
 */
export type UploadData =
  | ArrayBufferView
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>
  | Observable<Uint8Array>;

/** Gives the bytes of an upload, one piece at a time. */
export interface UploadReader {
  /** The next piece; undefined at the end. Rejects when the source fails. Never called twice at once. */
  read(): Promise<Uint8Array | undefined>;
  /** No more will be read. Never throws; may come during a read. */
  cancel(): void;
}

/** Bytes to upload. Nothing is opened before the first read. */
export interface UploadSource extends UploadReader {
  /** The same bytes from their beginning, as a source of its own; undefined where they cannot be read again. */
  again(): UploadSource | undefined;
}

/**
 * @param onOverflow told when an Observable is more than `maxBuffer` bytes ahead of its reader.
 * @throws WiremuxError `bad-arguments` if `data` is nothing that can be uploaded.
 */
export function uploadSource(
  data: UploadData,
  maxBuffer: number,
  onOverflow: (error: WiremuxError) => void,
): UploadSource {
  if (ArrayBuffer.isView(data)) {
    return new IterableSource([new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
  }
  if (data instanceof ArrayBuffer) return new IterableSource([new Uint8Array(data)]);
  if (typeof data === 'object' && data !== null) {
    if (data instanceof Blob) return new StreamSource(data, false);
    if ('getReader' in data) return new StreamSource({ stream: () => data }, true);
    if (Symbol.asyncIterator in data || Symbol.iterator in data) return new IterableSource(data);
    if (isObservable(data)) return new ObservableSource(data, maxBuffer, onOverflow);
  }
  throw new WiremuxError(
    'bad-arguments',
    'This data cannot be uploaded. Pass bytes, a Blob, a ReadableStream, an iterable of Uint8Array or an Observable of them.',
  );
}
