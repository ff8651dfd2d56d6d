import { type EncodedRequest, encodeRequest, withDeadline } from '../message/request.js';
import type { Opening, OpeningFrame, RequestFormat, RequestStep } from './request-format.js';
import { FrameType, RequestFlag } from './types.js';

/** Requests of `exp-framing-0003` and later: one map in command-request frames (SPEC 3.2.1 to 3.2.3). */
export const MAP_REQUESTS: RequestFormat = {
  rule: '3.2.4',
  open: (request, hasData, write) => new MapOpening(encodeRequest(request, write), hasData),
  step: (_type, flags) => STEPS[flags] as RequestStep,
  translator: () => undefined,
};

const STEPS: readonly RequestStep[] = Array.from({ length: 16 }, (_, flags) => ({
  opens: (flags & RequestFlag.New) !== 0,
  more: (flags & RequestFlag.More) !== 0,
  hasData: (flags & RequestFlag.HaveData) !== 0,
}));

class MapOpening implements Opening {
  readonly #dataFlag: number;
  #request: EncodedRequest;
  #offset = 0;

  constructor(request: EncodedRequest, hasData: boolean) {
    this.#request = request;
    this.#dataFlag = hasData ? RequestFlag.HaveData : 0;
  }

  get bytes(): number {
    return this.#map.length;
  }

  get #map(): Uint8Array {
    return this.#request.bytes;
  }

  setDeadline(deadline: number): void {
    this.#request = withDeadline(this.#request, deadline);
  }

  get done(): boolean {
    return this.#offset === this.#map.length;
  }

  isLong(cut: number): boolean {
    return this.#map.length > cut;
  }

  nextBytes(cut: number): number {
    return Math.min(this.#map.length - this.#offset, cut);
  }

  next(most: number): OpeningFrame {
    const from = this.#offset;
    const to = from + this.nextBytes(most);
    this.#offset = to;
    const flags =
      (from === 0 ? RequestFlag.New : RequestFlag.Continuation) | (this.done ? 0 : RequestFlag.More) | this.#dataFlag;
    return { type: FrameType.Request, flags, bytes: this.#map, from, to };
  }
}
