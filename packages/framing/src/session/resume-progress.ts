/** Resumes running that may bring nothing forward (SPEC 8.8.10). */
const FRUITLESS_RESUMES = 3;

/**
 * Finds out that a session is only resumed, never carried on: a frame that breaks each transport it goes on, say. Both
 * sides learn both counts with each resume, so both find the same.
 */
export class ResumeProgress {
  #received = -1;
  #acknowledged = -1;
  #fruitless = 0;

  /** The last resume found the counts as the one before had left them. */
  get stalled(): boolean {
    return this.#fruitless > 0;
  }

  /** The session is about to go on at these counts; false if it has ended instead (SPEC 8.8.10). */
  resume(received: number, acknowledged: number): boolean {
    const advanced = received !== this.#received || acknowledged !== this.#acknowledged;
    this.#received = received;
    this.#acknowledged = acknowledged;
    this.#fruitless = advanced ? 0 : this.#fruitless + 1;
    return this.#fruitless < FRUITLESS_RESUMES;
  }
}
