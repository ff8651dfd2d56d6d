import { type EncodedRequest, encodeRequest, withDeadline } from '../message/request.js';
import type { Opening, RequestFormat, RequestStep } from './request-format.js';
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
  readonly type: FrameType = FrameType.Request;
  flags = 0;
  bytes: Uint8Array;
  from: number;
  to: number;
  readonly #dataFlag: number;
  #request: EncodedRequest;

  constructor(request: EncodedRequest, hasData: boolean) {
    this.#dataFlag = hasData ? RequestFlag.HaveData : 0;
    this.#request = request;
    this.bytes = request.bytes;
    this.from = request.from;
    this.to = request.from;
  }

  get size(): number {
    return this.#request.to - this.#request.from;
  }

  setDeadline(deadline: number): void {
    this.#request = withDeadline(this.#request, deadline);
    this.bytes = this.#request.bytes;
    this.to = this.#request.from;
  }

  get done(): boolean {
    return this.to === this.#request.to;
  }

  isLong(cut: number): boolean {
    return this.size > cut;
  }

  nextBytes(cut: number): number {
    return Math.min(this.#request.to - this.to, cut);
  }

  cut(most: number): void {
    const place = this.to === this.#request.from ? RequestFlag.New : RequestFlag.Continuation;
    this.from = this.to;
    this.to += this.nextBytes(most);
    this.flags = place | (this.done ? 0 : RequestFlag.More) | this.#dataFlag;
  }
}
