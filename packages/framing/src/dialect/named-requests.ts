import { ArgumentsReader, type PackedArgument, packArgument, packName } from '../message/arguments.js';
import { argumentNames, type RequestMessage } from '../message/request.js';
import type { Opening, RequestFormat, RequestStep, RequestTranslator } from './request-format.js';
import { ArgumentFlag, FrameType, NameFlag } from './types.js';

/** Requests of `exp-framing-0002`: a command-name frame, then the arguments in frames of their own (SPEC 3.2.8). */
export const NAMED_REQUESTS: RequestFormat = {
  rule: '3.2.9',
  open: (request, hasData) => new NamedOpening(request, hasData),
  step: (type, flags) => (type === FrameType.CommandName ? NAME_STEPS : ARGUMENT_STEPS)[flags] as RequestStep,
  translator: () => new NamedTranslator(),
};

const NAME_STEPS: readonly RequestStep[] = Array.from({ length: 16 }, (_, flags) => ({
  opens: true,
  more: (flags & NameFlag.HaveArgs) !== 0,
  hasData: (flags & NameFlag.HaveData) !== 0,
}));

const ARGUMENT_STEPS: readonly RequestStep[] = Array.from({ length: 16 }, (_, flags) => ({
  opens: false,
  more: (flags & ArgumentFlag.Eoa) === 0,
  hasData: undefined,
}));

class NamedOpening implements Opening {
  readonly size: number;
  type: FrameType = FrameType.CommandName;
  flags = 0;
  bytes: Uint8Array;
  from = 0;
  to = 0;
  readonly #name: Uint8Array;
  readonly #args: readonly PackedArgument[];
  readonly #hasData: boolean;
  #named = false;
  /** The argument that goes next, and how much of it has gone. */
  #index = 0;
  #offset = 0;

  constructor({ name, args }: RequestMessage, hasData: boolean) {
    this.#name = packName(name);
    this.#args = argumentNames(args).map((key) => packArgument(key, args[key]));
    this.#hasData = hasData;
    this.bytes = this.#name;
    this.size = this.#args.reduce((sum, { bytes }) => sum + bytes.length, this.#name.length);
  }

  get done(): boolean {
    return this.#named && this.#index === this.#args.length;
  }

  /** There are none in this dialect. */
  setDeadline(): void {}

  isLong(): boolean {
    return this.#args.length > 0;
  }

  nextBytes(cut: number): number {
    if (!this.#named) return this.#name.length;
    const { bytes, head } = this.#arg;
    return Math.min(bytes.length - this.#offset, this.#offset === 0 ? Math.max(cut, head) : cut);
  }

  cut(most: number): void {
    if (this.#named) this.#cutArgument(most);
    else this.#cutName();
  }

  get #arg(): PackedArgument {
    return this.#args[this.#index] as PackedArgument;
  }

  #cutName(): void {
    this.#named = true;
    const flags = (this.#args.length > 0 ? NameFlag.HaveArgs : 0) | (this.#hasData ? NameFlag.HaveData : 0);
    this.flags = flags || NameFlag.Eos;
    this.to = this.#name.length;
  }

  #cutArgument(most: number): void {
    const { bytes } = this.#arg;
    this.type = FrameType.CommandArgument;
    this.bytes = bytes;
    this.from = this.#offset;
    this.to = this.from + this.nextBytes(most);
    const whole = this.to === bytes.length;
    this.#offset = whole ? 0 : this.to;
    if (whole) this.#index++;
    this.flags = whole ? (this.done ? ArgumentFlag.Eoa : 0) : ArgumentFlag.Continuation;
  }
}

class NamedTranslator implements RequestTranslator {
  readonly #reader = new ArgumentsReader();

  read(type: number, flags: number, payload: Uint8Array): Uint8Array | string {
    if (type === FrameType.CommandName) return this.#reader.readName(payload, (flags & NameFlag.HaveArgs) === 0);
    const continues = (flags & ArgumentFlag.Continuation) !== 0;
    return this.#reader.readArgument(payload, continues, (flags & ArgumentFlag.Eoa) !== 0);
  }
}
