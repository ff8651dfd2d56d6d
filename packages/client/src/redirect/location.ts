import type { RedirectLocation } from '@wiremux/framing';
import { redirectFailed } from './failed.js';

/**
 * The address of a location that may be followed (SPEC 3.4.15).
 * @param secure the gateway that named it is reached over TLS
 * @throws {WiremuxError} `redirect-failed`
 */
export function checkLocation({ url, serverDerCerts, serverCaDerCerts }: RedirectLocation, secure: boolean): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address === undefined) throw redirectFailed('its location is no address.');
  const { protocol, host, username, password } = address;
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw redirectFailed(`only http and https are followed, not "${protocol}".`);
  }
  if (secure && protocol !== 'https:') {
    throw redirectFailed(`${host} is to be asked over http, by a gateway that was asked over TLS.`);
  }
  if (username !== '' || password !== '') throw redirectFailed(`the address at ${host} has a user in it.`);
  if ((serverDerCerts?.length ?? 0) > 0 || (serverCaDerCerts?.length ?? 0) > 0) {
    throw redirectFailed(`${host} is to be known by its certificate, which cannot be done here. Fetch it yourself.`);
  }
  return address;
}
