import type { Peer, WiremuxError } from '@wiremux/framing';
import { KeptSource } from './kept-source.js';
import { type UploadData, uploadSource } from './source.js';
import { Upload } from './upload.js';

/** The data that goes with one run, on its request and on those that take its place. */
export class OutgoingData {
  readonly #fail: (error: WiremuxError) => void;
  #source: KeptSource;
  #upload: Upload | undefined;

  /**
   * @param maxBuffer bytes that an Observable may be ahead
   * @param fail told why it cannot be sent to its end
   * @throws WiremuxError `bad-arguments` if `data` is nothing that can be uploaded.
   */
  constructor(data: UploadData, maxBuffer: number, fail: (error: WiremuxError) => void) {
    this.#fail = fail;
    this.#source = new KeptSource(uploadSource(data, maxBuffer, fail));
  }

  /** All of it can be sent, on a request that was not begun. */
  get rewindable(): boolean {
    return this.#source.rewindable;
  }

  /** The request with this id was opened. */
  start(peer: Peer, id: number): void {
    this.#upload = new Upload(this.#source.reader(), {
      send: (bytes) => peer.sendData(id, bytes),
      end: () => peer.endData(id),
      fail: this.#fail,
    });
    this.#upload.start();
  }

  /** The request has room for more. */
  writable(): void {
    this.#upload?.writable();
  }

  /** The request runs: nothing need be kept from now on. */
  release(): void {
    this.#source.release();
  }

  /** Lets go of its request, to begin anew on another; false where what was read of it is gone. */
  rewind(): boolean {
    if (!this.#source.rewindable) {
      const again = this.#source.again();
      if (again === undefined) return false;
      this.#source.cancel();
      this.#source = again;
    }
    this.#upload?.abandon();
    this.#upload = undefined;
    return true;
  }

  /** No more of it is wanted. */
  stop(): void {
    if (this.#upload !== undefined) this.#upload.stop();
    else this.#source.cancel();
  }
}
