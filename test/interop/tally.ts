/** What a request was, as its frames on the wire showed it. */
export interface RequestFacts {
  /** Profile of the stream that encoded frames of the answer came on, else `identity`. */
  readonly encoding: string;
  /** Response frames with results. */
  readonly resultFrames: number;
  /** Results longer than a frame, in several. */
  readonly longAnswer: boolean;
  /** More than 32 KiB of command data. */
  readonly longData: boolean;
  readonly failed: boolean;
  /** Frames of other requests came between its own. */
  readonly interleaved: boolean;
}

/** Counts what random sessions were made of, and collects the rules they reached. */
export class Tally {
  readonly rules: Set<string> = new Set();
  readonly encodings: Map<string, number> = new Map();
  sessions = 0;
  requests = 0;
  longAnswers = 0;
  longData = 0;
  failed = 0;
  interleaved = 0;
  bytes = 0;

  /** A rule of the specification whose case came up, and held. */
  reach(...rules: readonly string[]): void {
    for (const rule of rules) this.rules.add(rule);
  }

  count({ encoding, longAnswer, longData, failed, interleaved }: RequestFacts): void {
    this.requests += 1;
    this.encodings.set(encoding, (this.encodings.get(encoding) ?? 0) + 1);
    if (longAnswer) this.longAnswers += 1;
    if (longData) this.longData += 1;
    if (failed) this.failed += 1;
    if (interleaved) this.interleaved += 1;
  }

  add(other: Tally): void {
    this.reach(...other.rules);
    for (const [encoding, count] of other.encodings) {
      this.encodings.set(encoding, (this.encodings.get(encoding) ?? 0) + count);
    }
    this.sessions += other.sessions;
    this.requests += other.requests;
    this.longAnswers += other.longAnswers;
    this.longData += other.longData;
    this.failed += other.failed;
    this.interleaved += other.interleaved;
    this.bytes += other.bytes;
  }

  /** One line for people. */
  toString(): string {
    const share = (count: number): string => `${count} (${((100 * count) / this.requests).toFixed(1)} %)`;
    const encodings = [...this.encodings].map(([name, count]) => `${name} ${share(count)}`);
    return [
      `${this.requests} requests in ${this.sessions} sessions, ${(this.bytes / 2 ** 20).toFixed(0)} MiB`,
      ...encodings,
      `answers over one frame ${share(this.longAnswers)}`,
      `data over 32 KiB ${share(this.longData)}`,
      `errors ${share(this.failed)}`,
      `interleaved ${share(this.interleaved)}`,
      `${this.rules.size} rules`,
    ].join(', ');
  }
}
