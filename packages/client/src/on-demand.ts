import { WiremuxError } from '@wiremux/framing';

/** A part of the client that few pages need: loaded when one first does, and there at once from then on. */
export class OnDemand<Part> {
  readonly #load: () => Promise<Part>;
  #part: Part | undefined;

  /** @param load an `import()` of it */
  constructor(load: () => Promise<Part>) {
    this.#load = load;
  }

  /** Undefined until it is loaded. */
  get part(): Part | undefined {
    return this.#part;
  }

  /** Gives it to `then`, at once where it is loaded; where it cannot be had, things go on without it. */
  use(then: (part: Part) => void): void {
    if (this.#part !== undefined) then(this.#part);
    else this.load().then(then, () => undefined);
  }

  /** @throws WiremuxError `not-loaded` where it cannot be had; asked again it is tried again */
  async load(): Promise<Part> {
    try {
      this.#part ??= await this.#load();
      return this.#part;
    } catch (cause) {
      const message = 'A part of the client that this needs could not be loaded. Try again.';
      throw new WiremuxError('not-loaded', message, { cause });
    }
  }
}
