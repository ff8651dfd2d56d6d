import { DIALECTS, type Dialect, type DialectName, selectDialect } from '@wiremux/framing';

/** The dialects named, for {@link negotiate}. */
export function enabledDialects(names: readonly DialectName[]): Dialect[] {
  return DIALECTS.filter((dialect) => names.includes(dialect.name));
}

/** The newest enabled dialect that a `Sec-WebSocket-Protocol` header offers; undefined: none (SPEC 2.5). */
export function negotiate(header: string | undefined, enabled: readonly Dialect[]): Dialect | undefined {
  const offered = (header ?? '').split(',').map((token) => token.trim());
  return selectDialect(offered, enabled);
}

/** The body of the 400 for a handshake that {@link negotiate} finds nothing in. */
export function unknownDialects(header: string | undefined, enabled: readonly Dialect[]): string {
  const known = enabled.map((dialect) => `  ${dialect.name}\n`).join('');
  const said = header
    ? 'No subprotocol offered in Sec-WebSocket-Protocol is known here.'
    : 'No subprotocol was offered.';
  return `${said} Offer one of:\n${known}`;
}
