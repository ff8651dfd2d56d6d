import { type Clock, CloseCode, type DrainNotice } from '@wiremux/framing';
import type { Logger, ServerConnection } from '@wiremux/server';
import type { GatewaySettings } from './config/settings.js';
import type { ConnectionRegistry, TransportKind } from './connections/registry.js';

/** Time between two batches of connections that are told to move, ms. */
const BATCH_INTERVAL = 100;
/** The part of the grace in which all are told, whatever the pace. */
const TELLING_SHARE = 1 / 2;
/** What is kept of the grace for that which did not end by itself: a part of it, and ms at most. */
const CLOSING_SHARE = 1 / 4;
const CLOSING_MOST = 1_000;

/** How a gateway leaves; times in ms. */
export interface DrainPlan {
  readonly notice: DrainNotice;
  /** Connections told to move a second; more where the grace would not do. */
  readonly pace: number;
  readonly grace: number;
}

/** What the settings say of leaving. */
export function drainPlan({ drainAfter, drainJitter, drainTo, drainPace, grace }: GatewaySettings): DrainPlan {
  const notice = {
    reason: 'The gateway is closing.',
    after: drainAfter,
    jitter: drainJitter,
    ...(drainTo === undefined ? {} : { at: drainTo }),
  };
  return { notice, pace: drainPace, grace };
}

/**
 * Empties a gateway that lets nobody new in (SPEC 8.10): tells clients to move, lets requests run for most of the
 * grace, closes what is left (1012), and drops what has not stopped when the grace is over.
 */
export async function drain(
  connections: ConnectionRegistry,
  plan: DrainPlan,
  clock: Clock,
  log: Logger,
): Promise<void> {
  const closing = Math.min(CLOSING_MOST, plan.grace * CLOSING_SHARE);
  const sockets = connections.all().filter(({ kind }) => kind === 'websocket');
  const stopTelling = tellInBatches(
    sockets.map(({ connection }) => connection),
    plan,
    clock,
  );
  const isQuiet = await quiet(connections, plan.grace - closing, clock);
  stopTelling();
  if (isQuiet) return;
  log.info({ connections: connections.size }, 'Requests still run: their connections are closed.');
  closeAll(connections, 'websocket');
  if (await quiet(connections, closing, clock)) return;
  log.warn({ connections: connections.size }, 'The grace is over: what has not stopped is dropped.');
  closeAll(connections, 'http');
  for (const { transport } of connections.all()) transport.terminate();
}

/** Batch by batch, so that not all clients are on their way at once. The result ends it. */
function tellInBatches(
  connections: readonly Pick<ServerConnection, 'drain'>[],
  { notice, pace, grace }: DrainPlan,
  clock: Clock,
): () => void {
  const perMs = Math.max(pace / 1_000, connections.length / Math.max(1, grace * TELLING_SHARE));
  const batch = Math.ceil(perMs * BATCH_INTERVAL);
  let told = 0;
  let stopTimer: (() => void) | undefined;
  const tell = (): void => {
    for (const connection of connections.slice(told, told + batch)) connection.drain(notice);
    told += batch;
    if (told < connections.length) stopTimer = clock.timer(BATCH_INTERVAL, tell);
  };
  tell();
  return () => stopTimer?.();
}

function closeAll(connections: ConnectionRegistry, which: TransportKind): void {
  for (const { connection, kind } of connections.all()) {
    if (kind === which) connection.close(CloseCode.Restart, 'The gateway is closing.');
  }
}

/** Whether no connection is open and no handler runs, as soon as that is so, or when the time is over. */
async function quiet(connections: ConnectionRegistry, ms: number, clock: Clock): Promise<boolean> {
  let stopTimer: () => void = () => undefined;
  const timeOver = new Promise<boolean>((resolve) => {
    stopTimer = clock.timer(ms, () => resolve(false));
  });
  const isQuiet = await Promise.race([connections.idle().then(() => true), timeOver]);
  stopTimer();
  return isQuiet;
}
