import type { SessionGrant, SessionRequest } from '@wiremux/framing';
import type { Resumable, SessionOwner, SessionStore } from './session-store.js';

/** What a client gets of its session, asked for by a connection. */
export interface SessionEntry<S extends Resumable> {
  readonly sessions: SessionStore<S>;
  /** What goes on as the session, if it gets one of its own. */
  readonly session: S;
  /** Name of this process, for a balancer. */
  readonly node: string | undefined;
  /** Lets an older session go on with the client that is here; false: it cannot. */
  readonly resume: (older: S) => boolean;
  /** The client asked for a session that it cannot have. */
  readonly failed: () => void;
}

/**
 * Gives a client, once it is known who it is, the session that it comes back to, or one of its own (SPEC 8.8). Undefined:
 * nothing is to be granted here, since it goes on in the older one.
 */
export function enterSession<S extends Resumable>(
  asked: SessionRequest,
  owner: SessionOwner,
  { sessions, session, node, resume, failed }: SessionEntry<S>,
): SessionGrant | undefined {
  if (asked.kind === 'resume') {
    const older = sessions.find(asked, owner.principal);
    if (older !== undefined && resume(older)) {
      sessions.attach(older);
      return undefined;
    }
    failed();
  }
  const ttl = Math.floor(sessions.ttl / 1_000);
  return { ...sessions.add(session, owner), ttl, ...(node === undefined ? {} : { node }) };
}
