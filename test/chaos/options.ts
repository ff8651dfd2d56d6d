/** What `npm run chaos` says to its tests; `npm test` runs a short slice of each. */
export interface ChaosOptions {
  readonly seed: number;
  /** How long a scenario goes on, s; 0: one round. */
  readonly seconds: number;
  /** Connections that are to break before it ends. */
  readonly cuts: number;
  readonly readers: number;
  /** What the gateway may have above its memory after the first round, MiB. */
  readonly growth: number;
}

function numberOf(name: string, fallback: number): number {
  return Number(process.env[name] ?? fallback);
}

export const CHAOS: ChaosOptions = {
  seed: numberOf('WIREMUX_SEED', 1),
  seconds: numberOf('WIREMUX_CHAOS_SECONDS', 0),
  cuts: numberOf('WIREMUX_CHAOS_CUTS', 50),
  readers: numberOf('WIREMUX_CHAOS_READERS', 60),
  growth: numberOf('WIREMUX_CHAOS_GROWTH', 96),
};

/** Time a scenario has: what it is to go on for, and as much again as a slow machine takes for one round, and for its cuts. */
export const PATIENCE: number = CHAOS.seconds * 1_000 + 240_000 + 300 * CHAOS.cuts;

/** A last word of a scenario, which `npm run chaos` shows. */
export function tell(what: string): void {
  process.stdout.write(`chaos: ${what}\n`);
}
