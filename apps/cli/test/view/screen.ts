import { Writable } from 'node:stream';
import { Output } from '../../src/io/output.js';

/** A terminal of 40 columns and 6 rows, in memory, that obeys the few sequences redrawing needs. */
export class Screen extends Writable {
  readonly isTTY = true;
  readonly columns = 40;
  readonly rows = 6;
  #lines: string[] = [''];
  #row = 0;

  hasColors(): boolean {
    return false;
  }

  /** What stands on it, without the empty line at its end. */
  get lines(): readonly string[] {
    return this.#lines.at(-1) === '' ? this.#lines.slice(0, -1) : this.#lines;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what a terminal reads.
    for (const [part] of chunk.toString().matchAll(/\u001b\[[?\d;]*[A-Za-z]|\r?\n|[^\u001b\r\n]+/g)) this.#obey(part);
    done();
  }

  #obey(part: string): void {
    const sequence = part.startsWith('\u001b[') ? part.slice(2) : undefined;
    if (sequence === undefined && !part.endsWith('\n')) {
      this.#lines[this.#row] += part;
    } else if (sequence === undefined) {
      this.#row += 1;
      this.#lines[this.#row] ??= '';
    } else if (sequence === '2K') {
      this.#lines[this.#row] = '';
    } else if (sequence === '1A') {
      this.#row -= 1;
    } else if (sequence === 'G') {
      this.#lines.length = this.#row + 1;
    } else if (!sequence.startsWith('?2026')) {
      throw new Error(`The screen does not know the sequence ${JSON.stringify(sequence)}.`);
    }
  }
}

/** An output that writes to this screen. */
export function outputOf(screen: Screen): Output {
  return new Output(screen as unknown as NodeJS.WriteStream);
}

/** An output that is no terminal, and what was written to it. */
export function plainOutput(): { readonly output: Output; text(): string } {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return { output: new Output(stream as NodeJS.WriteStream), text: () => text };
}
