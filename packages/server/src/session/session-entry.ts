import type { SessionGrant, SessionRequest } from '@wiremux/framing';
import type { Resumable, SessionOwner, SessionStore } from './session-store.js';

/**
 * Gives a client, once it is known who it is, the session that it comes back to (SPEC 8.8.4).
 * @param resume lets an older session go on with the client that is here; false: it cannot
 * @returns false: it cannot have it
 */
export function resumeSession<S extends Resumable>(
  asked: Extract<SessionRequest, { readonly kind: 'resume' }>,
  principal: string,
  sessions: SessionStore<S>,
  resume: (older: S) => boolean,
): boolean {
  const older = sessions.find(asked, principal);
  if (older === undefined || !resume(older)) return false;
  sessions.attach(older);
  return true;
}

/**
 * Gives a client a session of its own, which `session` goes on as.
 * @param node name of this process, for a balancer
 */
export function beginSession<S extends Resumable>(
  session: S,
  owner: SessionOwner,
  sessions: SessionStore<S>,
  node: string | undefined,
): SessionGrant {
  const ttl = Math.floor(sessions.ttl / 1_000);
  return { ...sessions.add(session, owner), ttl, ...(node === undefined ? {} : { node }) };
}
