import type { ConnectOptions } from './options.js';

/** Says of which commands a request that says nothing itself may run again. */
export function restartRule(restart: ConnectOptions['restart']): (name: string) => boolean {
  return typeof restart === 'function' ? restart : (name) => restart?.includes(name) === true;
}
