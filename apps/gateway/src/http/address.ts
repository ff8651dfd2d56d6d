import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';

/**
 * Whom the requests of an address are counted with: an IPv4 address with itself, an IPv6 address with its network of 64
 * bits, all of which one subscriber has.
 */
export function addressOf({ socket: { remoteAddress = '' } }: Pick<IncomingMessage, 'socket'>): string {
  return countedAddress(remoteAddress);
}

/** The same for an address of which no request is at hand. */
export function countedAddress(remoteAddress: string): string {
  const mapped = remoteAddress.replace(/^::ffff:/i, '');
  if (isIPv4(mapped)) return mapped;
  return isIPv6(remoteAddress) ? networkOf(remoteAddress) : remoteAddress;
}

function networkOf(address: string): string {
  const [head = '', tail = ''] = address.replace(/%.*$/, '').split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const between = Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return [...before, ...between, ...after].slice(0, 4).join(':');
}
