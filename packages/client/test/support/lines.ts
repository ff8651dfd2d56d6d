import { type DialectName, WiremuxError } from '@wiremux/framing';
import { deferred } from '../../src/deferred.js';
import type { Leaving } from '../../src/leaving.js';
import type { Line, Loss, OpenLine, TransportKind } from '../../src/line.js';
import { MOVING } from '../../src/parts.js';

// Virtual time does not wait for files.
await MOVING.load();

/** What trying again may mend. */
export const LOST: Loss = {
  error: new WiremuxError('connect-failed', 'Nobody is there.'),
  reconnect: true,
  detail: 'nobody is there.',
};

/** A line that carries nothing. */
export class FakeLine implements Line {
  readonly transport: TransportKind;
  readonly dialect: DialectName = 'wiremux.1';
  readonly agent: string | undefined = undefined;
  readonly session = undefined;
  readonly calls: ('send' | 'flush' | 'retire')[] = [];
  readonly #leaving = deferred<Leaving>();
  readonly #lost = deferred<Loss>();

  constructor(transport: TransportKind) {
    this.transport = transport;
  }

  get lost(): Promise<Loss> {
    return this.#lost.promise;
  }

  open(): boolean {
    return false;
  }

  get leaving(): Promise<Leaving> {
    return this.#leaving.promise;
  }

  retire(): void {
    this.calls.push('retire');
  }

  /** Its gateway is about to leave. */
  leave(leaving: Leaving): void {
    this.#leaving.resolve(leaving);
  }

  send(): void {
    this.calls.push('send');
  }

  flush(): void {
    this.calls.push('flush');
  }

  lose(loss: Loss): void {
    this.#lost.resolve(loss);
  }
}

/** Opens lines, or does not, as its test says. */
export class LineSource {
  readonly lines: FakeLine[] = [];
  readonly #transport: TransportKind;
  /** How often it was asked. */
  asked = 0;
  /** Where to, each time. */
  readonly to: (string | undefined)[] = [];
  /** What comes of being asked, in place of a line. */
  loss: Loss | undefined;

  constructor(transport: TransportKind) {
    this.#transport = transport;
  }

  readonly open: OpenLine = async (_signal, to) => {
    this.asked++;
    this.to.push(to);
    if (this.loss !== undefined) return this.loss;
    const line = new FakeLine(this.#transport);
    this.lines.push(line);
    return line;
  };
}
