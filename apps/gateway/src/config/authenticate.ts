import { DIALECTS, type DialectName } from '@wiremux/framing';
import type { Authenticate } from '@wiremux/server';
import { setupError } from '../errors.js';
import type { Sources } from './resolve.js';

/** The key in config files and in `createGateway()`. */
export const AUTHENTICATE = 'authenticate';

/**
 * Who says whom clients act for, if somebody does.
 * @throws {WiremuxError} `bad-option` for what is no function
 */
export function resolveAuthenticate({
  object,
  objectName,
}: Pick<Sources, 'object' | 'objectName'>): Authenticate | undefined {
  const given = object[AUTHENTICATE];
  if (given === undefined || typeof given === 'function') return given as Authenticate | undefined;
  const wanted = 'a function that takes settings and returns a principal';
  throw setupError('bad-option', `\`${AUTHENTICATE}\` in ${objectName} is a ${typeof given}, but must be ${wanted}.`);
}

/**
 * The dialects spoken where clients have to say who they are: those in which they can (SPEC 8.3.4).
 * @throws {WiremuxError} `bad-option` where there are none
 */
export function provableDialects(names: readonly DialectName[]): DialectName[] {
  const provable = DIALECTS.filter(({ name, extended }) => extended && names.includes(name)).map(({ name }) => name);
  if (provable.length > 0) return provable;
  const message = `With \`${AUTHENTICATE}\` the setting \`dialects\` must have wiremux.1: clients cannot prove who they are in ${names.join(', ')}.`;
  throw setupError('bad-option', message);
}
