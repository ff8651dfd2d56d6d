import { asFields, asProse, field, isUint } from './fields.js';
import type { FieldValue } from './write-field.js';

/** Bytes of a session's id, and of the secret that proves whose it is (SPEC 8.8.2). */
const ID_BYTES = 16;
const SECRET_BYTES = 32;
const NODE = /^[A-Za-z0-9_-]{1,64}$/;
/** The most seconds that a session can be said to be kept. */
const MOST_TTL: number = 2 ** 32 - 1;

/** What a client asks for with `session` in its settings (SPEC 8.8.1). */
export type SessionRequest =
  | { readonly kind: 'new' }
  | {
      readonly kind: 'resume';
      readonly id: Uint8Array;
      /** Never log it. */
      readonly secret: Uint8Array;
      /** Session frames it has received. */
      readonly received: number;
    };

/** A session as its server grants it (SPEC 8.8.2). */
export interface SessionGrant {
  /** 16 bytes. */
  readonly id: Uint8Array;
  /** 32 bytes that nobody can guess. Never log it. */
  readonly secret: Uint8Array;
  /** How long it is kept without a transport, seconds. */
  readonly ttl: number;
  /** Names the process that keeps it: 1 to 64 characters of `A-Z a-z 0-9 _ -`. */
  readonly node?: string | undefined;
}

/** What a server answers with `session` in its settings (SPEC 8.8.2). */
export interface SessionReply extends SessionGrant {
  readonly kind: 'reply';
  /** Session frames it has received. */
  readonly received: number;
  /** It is the session that was asked for. */
  readonly resumed: boolean;
}

/** The map of `session`. */
export function sessionField(session: SessionRequest | SessionReply): FieldValue {
  if (session.kind === 'new') return { new: true };
  const { id, received, secret } = session;
  if (session.kind === 'resume') return { received, resume: id, secret };
  const { node, resumed, ttl } = session;
  return { id, node, received, resumed, secret, ttl };
}

/** Reads the map of `session` in the settings of a client or a server; a string says what is wrong with it. */
export function parseSession(value: unknown, sender: 'client' | 'server'): SessionRequest | SessionReply | string {
  const fields = asFields(value);
  if (fields === undefined) return '`wiremux.session` is not a map.';
  const fresh = field(fields, 'new');
  const resume = field(fields, 'resume');
  if (sender === 'client' && (fresh === undefined) === (resume === undefined)) {
    return '`wiremux.session` has to ask for a new session or for one to resume.';
  }
  if (sender === 'client' && fresh !== undefined) {
    return fresh === true ? { kind: 'new' } : '`wiremux.session.new` is not true.';
  }
  const id = sender === 'client' ? resume : field(fields, 'id');
  const secret = field(fields, 'secret');
  const received = field(fields, 'received');
  if (!hasBytes(id, ID_BYTES)) return `The id in \`wiremux.session\` is not ${ID_BYTES} bytes.`;
  if (!hasBytes(secret, SECRET_BYTES)) return `\`wiremux.session.secret\` is not ${SECRET_BYTES} bytes.`;
  if (!isUint(received, 0, Number.MAX_SAFE_INTEGER)) return '`wiremux.session.received` is not a count.';
  if (sender === 'client') return { kind: 'resume', id, secret, received };

  const ttl = field(fields, 'ttl');
  const resumed = field(fields, 'resumed');
  const node = asProse(field(fields, 'node'));
  if (!isUint(ttl, 0, MOST_TTL)) return '`wiremux.session.ttl` is out of range.';
  if (typeof resumed !== 'boolean') return '`wiremux.session.resumed` is not a boolean.';
  const named = field(fields, 'node') !== undefined;
  if (named && !NODE.test(node ?? '')) return '`wiremux.session.node` is not a name.';
  return { kind: 'reply', id, secret, received, ttl, resumed, node };
}

/**
 * How a grant breaks the form it has on the wire; undefined if it does not. For grants that a server's application makes:
 * what it gets wrong its clients would take for a protocol error.
 */
export function grantProblem({ id, secret, ttl, node }: SessionGrant): string | undefined {
  const read = parseSession({ id, secret, ttl, node, received: 0, resumed: true }, 'server');
  return typeof read === 'string' ? read : undefined;
}

function hasBytes(value: unknown, count: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length === count;
}
