import type { Dialect } from '@wiremux/framing';

/** The enabled dialect whose frames a `Content-Type` header announces; its parameters say nothing (SPEC 2.4). */
export function dialectOfMediaType(header: string | undefined, enabled: readonly Dialect[]): Dialect | undefined {
  const [type = ''] = (header ?? '').split(';', 1);
  const wanted = type.trim().toLowerCase();
  return enabled.find(({ mediaType }) => mediaType === wanted);
}

/** The body of the 415 for a request that {@link dialectOfMediaType} finds nothing for. */
export function unknownMediaType(header: string | undefined, enabled: readonly Dialect[]): string {
  const known = enabled.map(({ mediaType }) => `  ${mediaType}\n`).join('');
  const said = header ? 'The Content-Type of the body is not known here.' : 'The body has no Content-Type.';
  return `${said} Post frames as one of:\n${known}`;
}
