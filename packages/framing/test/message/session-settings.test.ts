import { describe, expect, it } from 'vitest';
import { decodeOne, type SessionReply, type SessionRequest } from '../../src/index.js';
import { grantProblem, parseSession } from '../../src/message/session-settings.js';
import { DEFAULT_SETTINGS, encodeSettings, parseSettings } from '../../src/message/settings.js';
import { toHex } from '../frame/vectors.js';
import { cbor } from './bytes.js';

const LIMITS = { depth: 64, items: 10_000, bytes: 65_536 };
const ID = Uint8Array.from(Buffer.from('i'.repeat(16)));
const SECRET = Uint8Array.from(Buffer.from('s'.repeat(32)));
const RESUME = `b'resume': b'${'i'.repeat(16)}', b'secret': b'${'s'.repeat(32)}'`;
const REPLY = `b'id': b'${'i'.repeat(16)}', b'secret': b'${'s'.repeat(32)}', b'received': 7`;

function value(bytes: Uint8Array): unknown {
  const decoded = decodeOne(bytes, LIMITS);
  if (!decoded.ok) throw new Error(decoded.error.message);
  return decoded.value;
}

const client = (literal: string): unknown => parseSession(value(cbor(literal)), 'client');
const server = (literal: string): unknown => parseSession(value(cbor(literal)), 'server');

/** What is read of what was written. */
function back(session: SessionRequest | SessionReply, sender: 'client' | 'server'): unknown {
  const settings = parseSettings(value(encodeSettings({ ...DEFAULT_SETTINGS, session })), true, sender);
  return typeof settings === 'string' ? settings : settings.session;
}

describe('SPEC 8.8.1 what a client asks for', () => {
  it('has the bytes of the example', () => {
    const bytes = encodeSettings({ ...DEFAULT_SETTINGS, session: { kind: 'new' } });
    expect(toHex(bytes)).toBe(
      'a247776972656d7578a14773657373696f6ea1436e6577f550636f6e74656e74656e636f64696e677381486964656e74697479',
    );
  });

  it.each<SessionRequest>([
    { kind: 'new' },
    { kind: 'resume', id: ID, secret: SECRET, received: 0 },
    { kind: 'resume', id: ID, secret: SECRET, received: Number.MAX_SAFE_INTEGER },
  ])('is read as it was written: %o', (session) => {
    expect(back(session, 'client')).toEqual(session);
  });

  it.each([
    '[]',
    '{}',
    "{b'new': False}",
    "{b'new': 1}",
    `{b'new': True, ${RESUME}, b'received': 0}`,
    `{${RESUME}}`,
    `{${RESUME}, b'received': -1}`,
    `{${RESUME}, b'received': 9007199254740992}`,
    `{${RESUME.replace('i', '')}, b'received': 0}`,
    `{${RESUME.replace('si', 'ssi')}, b'received': 0}`.replace("b's", "b'ss"),
    `{${RESUME.replace(/b'secret.*/, "b'secret': 7")}, b'received': 0}`,
    `{${REPLY}, b'ttl': 1, b'resumed': True}`,
  ])('SPEC 8.3.5 is refused where it makes no sense: %s', (literal) => {
    expect(client(literal)).toEqual(expect.any(String));
    const settings = parseSettings(value(cbor(`{b'wiremux': {b'session': ${literal}}}`)), true, 'client');
    expect(settings).toEqual(expect.any(String));
  });
});

describe('SPEC 8.8.2 what a server grants', () => {
  it.each<Partial<SessionReply>>([
    {},
    { resumed: true, received: 12 },
    { ttl: 0, node: 'a' },
    { ttl: 2 ** 32 - 1, node: 'Az09_-'.padEnd(64, 'x') },
  ])('is read as it was written: %o', (part) => {
    const session: SessionReply = {
      kind: 'reply',
      id: ID,
      secret: SECRET,
      received: 0,
      ttl: 120,
      resumed: false,
      ...part,
    };
    expect(back(session, 'server')).toEqual(session);
    expect(grantProblem(session)).toBeUndefined();
  });

  it.each([
    "{b'new': True}",
    `{${REPLY}}`,
    `{${REPLY}, b'ttl': 1}`,
    `{${REPLY}, b'ttl': -1, b'resumed': True}`,
    `{${REPLY}, b'ttl': 4294967296, b'resumed': True}`,
    `{${REPLY}, b'ttl': 1, b'resumed': 1}`,
    `{${REPLY}, b'ttl': 1, b'resumed': True, b'node': 7}`,
    `{${REPLY}, b'ttl': 1, b'resumed': True, b'node': b''}`,
    `{${REPLY}, b'ttl': 1, b'resumed': True, b'node': b'a.b'}`,
    `{${REPLY}, b'ttl': 1, b'resumed': True, b'node': b'${'x'.repeat(65)}'}`,
    `{${REPLY.replace('i', '')}, b'ttl': 1, b'resumed': True}`,
  ])('SPEC 8.3.5 is refused where it makes no sense: %s', (literal) => {
    expect(server(literal)).toEqual(expect.any(String));
  });

  it('ignores keys it does not know', () => {
    expect(server(`{${REPLY}, b'ttl': 1, b'resumed': True, b'new': True, b'later': 1}`)).toMatchObject({ received: 7 });
  });

  it.each([
    { id: new Uint8Array(15) },
    { secret: new Uint8Array(33) },
    { ttl: 1.5 },
    { ttl: -1 },
    { node: '' },
    { node: 'ä' },
  ])('is checked before it is sent: %o', (part) => {
    expect(grantProblem({ id: ID, secret: SECRET, ttl: 1, ...part })).toEqual(expect.any(String));
  });
});
