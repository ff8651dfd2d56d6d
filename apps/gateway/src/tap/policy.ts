import { isIPv4 } from 'node:net';
import type { Principal } from '@wiremux/server';

/** Says who may tap connections: everybody who may connect, nobody, or whom the function allows. */
export type TapPolicy = boolean | ((principal: Principal) => boolean);

/** The settings that decide over taps. */
export interface TapSettings {
  /** Undefined: everybody where only this machine can connect, else nobody. */
  readonly tap: TapPolicy | undefined;
  readonly host: string;
  readonly allowOrigin: readonly string[];
  readonly publicHost: readonly string[];
}

/** Whether a principal may see what others send and receive. */
export function mayTap({ tap, ...reach }: TapSettings, principal: Principal): boolean {
  if (typeof tap === 'function') return tap(principal);
  return tap ?? isLocalOnly(reach);
}

/** Nothing but this machine connects, as far as the settings tell: a name or an origin of others says that more do. */
function isLocalOnly({ host, allowOrigin, publicHost }: Omit<TapSettings, 'tap'>): boolean {
  const isLoopback = host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
  return isLoopback && allowOrigin.length === 0 && publicHost.length === 0;
}
