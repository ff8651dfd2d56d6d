import { createLogUpdate } from 'log-update';

/** Least time between two drawings, ms. */
const REDRAW_INTERVAL = 100;

/** Lines at the end of a terminal that are redrawn in place; everything else is written above them. */
export class LiveRegion {
  readonly #stream: NodeJS.WriteStream;
  readonly #draw: ReturnType<typeof createLogUpdate>;
  #lines: () => readonly string[] = () => [];
  #drawn = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param stream A terminal. */
  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.#draw = createLogUpdate(stream, { showCursor: true });
  }

  /** Columns of the terminal. */
  get columns(): number {
    return this.#stream.columns;
  }

  /** Shows these lines from the next drawing on, when they are asked for. What does not fit the terminal is left out. */
  show(lines: () => readonly string[]): void {
    this.#lines = lines;
    this.#schedule();
  }

  /** Makes room for a write to the same terminal; the lines come back with the next drawing. */
  hide(): void {
    if (!this.#drawn) return;
    this.#erase();
    this.#schedule();
  }

  /** Ends the drawing, leaving the last lines where they are or no trace. */
  end(last: 'keep' | 'clear'): void {
    clearTimeout(this.#timer);
    if (last === 'keep') {
      this.#redraw();
      this.#draw.done();
    } else {
      this.#erase();
    }
  }

  #erase(): void {
    if (this.#drawn) this.#draw.clear();
    this.#drawn = false;
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#redraw();
    }, REDRAW_INTERVAL);
  }

  #redraw(): void {
    const shown = this.#lines().slice(0, Math.max(this.#stream.rows - 1, 1));
    if (shown.length === 0) {
      this.#erase();
    } else {
      this.#draw(shown.map((line) => cut(line, this.columns)).join('\n'));
      this.#drawn = true;
    }
  }
}

function cut(line: string, columns: number): string {
  return line.length < columns ? line : `${line.slice(0, Math.max(columns - 2, 0))}…`;
}
