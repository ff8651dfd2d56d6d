/** How long the smallest round trip is believed, ms (SPEC 8.7.9). */
const ROUND_TRIP_MS = 10_000;
/** As many bytes on their way do not make a round trip look long. */
const FEW_BYTES = 131_072;
/** For how many round trips the best delivery rate is believed (SPEC 8.7.9). */
const RATE_ROUNDS = 10;

/** What was known when some bytes were sent, to be compared with what is known when they are acknowledged. */
interface Sample {
  /** The count of frames that acknowledges them. */
  readonly upTo: number;
  readonly sentAt: number;
  /** Bytes acknowledged before, and when that was. */
  readonly delivered: number;
  readonly deliveredAt: number;
  /** When those were sent that were acknowledged last. */
  readonly lastSentAt: number;
  /** Bytes that were on their way before. */
  readonly inFlight: number;
  /** The application had nothing more to send: the rate says nothing about the path. */
  readonly limited: boolean;
}

interface Rate {
  readonly bytesPerMs: number;
  readonly round: number;
}

/**
 * Measures the bandwidth-delay product of one transport from what is sent and acknowledged: the smallest round trip of
 * the last 10 s times the best delivery rate of the last 10 round trips (SPEC 8.7.9). Time is given to it, in ms.
 */
export class BandwidthDelay {
  readonly #samples: Sample[] = [];
  #firstSample = 0;
  #delivered = 0;
  #deliveredAt = 0;
  #lastSentAt = 0;
  /** Samples are limited while no more than this many bytes are acknowledged. */
  #limitedUntil = -1;
  #round = 0;
  /** The round ends with the first sample sent after this many bytes were acknowledged. */
  #roundEnds = 0;
  #roundTrip = Number.POSITIVE_INFINITY;
  #roundTripAt = 0;
  /** Best rates, each better than all that are younger. */
  #rates: Rate[] = [];

  /** The product in bytes; 0 until something was measured. */
  get bytes(): number {
    const best = this.#rates[0];
    return best === undefined ? 0 : best.bytesPerMs * this.#roundTrip;
  }

  /** Samples it keeps: one for each message on its way. */
  get samples(): number {
    return this.#samples.length - this.#firstSample;
  }

  /** Bytes are sent of which `upTo` is the count that acknowledges them; `inFlight`: those sent before and not acknowledged. */
  sent(upTo: number, inFlight: number, now: number): void {
    if (inFlight === 0) {
      this.#deliveredAt = now;
      this.#lastSentAt = now;
    }
    this.#samples.push({
      upTo,
      sentAt: now,
      delivered: this.#delivered,
      deliveredAt: this.#deliveredAt,
      lastSentAt: this.#lastSentAt,
      inFlight,
      limited: this.#delivered <= this.#limitedUntil,
    });
  }

  /** There is nothing more to send, though there would be room. `inFlight`: bytes sent and not acknowledged. */
  starved(inFlight: number): void {
    this.#limitedUntil = this.#delivered + inFlight;
  }

  /** `count` frames are acknowledged, among them `bytes` that were not before. */
  acknowledged(count: number, bytes: number, now: number): void {
    this.#delivered += bytes;
    let newest: Sample | undefined;
    while (this.#firstSample < this.#samples.length) {
      const sample = this.#samples[this.#firstSample] as Sample;
      if (sample.upTo > count) break;
      newest = sample;
      this.#firstSample++;
    }
    this.#compact();
    if (newest !== undefined) {
      this.#measure(newest, now);
      this.#lastSentAt = newest.sentAt;
    }
    this.#deliveredAt = now;
  }

  /** The smallest round trip is too old: only one behind few bytes, which do not queue for long, can follow it. */
  stale(now: number): boolean {
    return now >= this.#roundTripAt + ROUND_TRIP_MS;
  }

  #measure(sample: Sample, now: number): void {
    if (sample.delivered >= this.#roundEnds) {
      this.#round++;
      this.#roundEnds = this.#delivered;
    }
    this.#seeRoundTrip(now - sample.sentAt, sample.inFlight, now);
    // Acks that come together say that they waited for each other, not that the path is fast: it is not faster than what is sent.
    const took = Math.max(now - sample.deliveredAt, sample.sentAt - sample.lastSentAt);
    if (took > 0) this.#rate((this.#delivered - sample.delivered) / took, sample.limited);
  }

  #seeRoundTrip(ms: number, inFlight: number, now: number): void {
    const follows = this.stale(now) && inFlight <= FEW_BYTES;
    if (ms > this.#roundTrip && !follows) return;
    this.#roundTrip = ms;
    this.#roundTripAt = now;
  }

  #rate(bytesPerMs: number, limited: boolean): void {
    // What an application that sends little shows is at least possible, but no reason to forget better rates.
    if (limited && bytesPerMs < (this.#rates[0]?.bytesPerMs ?? 0)) return;
    const oldest = this.#round - RATE_ROUNDS;
    this.#rates = this.#rates.filter(({ round }) => round > oldest);
    while ((this.#rates.at(-1)?.bytesPerMs ?? Number.POSITIVE_INFINITY) <= bytesPerMs) this.#rates.pop();
    this.#rates.push({ bytesPerMs, round: this.#round });
  }

  #compact(): void {
    if (this.#firstSample < 64 && this.#firstSample < this.#samples.length) return;
    this.#samples.splice(0, this.#firstSample);
    this.#firstSample = 0;
  }
}
