import { utf8Encode } from '../cbor/index.js';
import { asFields, asList, asText, type Fields, field, isUint } from './fields.js';
import { encodeField } from './write-field.js';

/** The most bytes of each part of a location, and the most elements of its lists (SPEC 3.4.11). */
const URL_BYTES = 8_192;
const NAME_BYTES = 255;
const DIGEST_BYTES = 128;
const SEED_BYTES = 1_024;
const CERT_BYTES = 65_535;
const MOST_HASHES = 16;
const MOST_CERTS = 16;

/** What a client says with a request of the redirects it would follow (SPEC 3.2.7). */
export interface RedirectOffer {
  /** Names of the targets it can reach, as the server's list of capabilities has them. */
  readonly targets: readonly string[];
  /** Names of the hashes it can verify, best first. */
  readonly hashes: readonly string[];
}

/** Where an answer is to be had instead (SPEC 3.4.10). */
export interface RedirectLocation {
  /** At most 8,192 bytes. */
  readonly url: string;
  /** The media type of what is there, which says in which dialect to read it; at most 255 bytes. */
  readonly mediaType: string;
  /** Bytes of what is there. */
  readonly size?: number;
  /** Digests of what is there, each under the name of its hash; at most 16. */
  readonly fullHashes?: readonly (readonly [name: string, digest: Uint8Array])[];
  /** Hashed ahead of the content; at most 1,024 bytes. */
  readonly fullHashSeed?: Uint8Array;
  /** DER certificates that the server there must present one of; at most 16, each of at most 65,535 bytes. */
  readonly serverDerCerts?: readonly Uint8Array[];
  /** DER certificates of authorities, one of which must have signed its. */
  readonly serverCaDerCerts?: readonly Uint8Array[];
}

/** An offer as a request makes it: with what reads the location that may come of it. See {@link redirectsTo}. */
export interface OfferedRedirects extends RedirectOffer {
  readonly readLocation: ReadsLocation;
}

/** Reads the `location` of a redirect; undefined if anything is amiss (SPEC 3.4.11). */
export type ReadsLocation = (value: unknown) => RedirectLocation | undefined;

/** Offers that an answer be had elsewhere. */
export function redirectsTo({ targets, hashes }: RedirectOffer): OfferedRedirects {
  return { targets, hashes, readLocation: parseRedirectLocation };
}

/** Reads the value of the request map's `redirect`; undefined if it is something else. */
export function parseRedirectOffer(value: unknown): RedirectOffer | undefined {
  const fields = asFields(value);
  if (fields === undefined) return undefined;
  const targets = asList(field(fields, 'targets', []), asText);
  const hashes = asList(field(fields, 'hashes', []), asText);
  return targets === undefined || hashes === undefined ? undefined : { targets, hashes };
}

/** The status map of an answer that is to be had elsewhere (SPEC 3.4.10); undefined where a part is past its bound. */
export function encodeStatusRedirect(location: RedirectLocation): Uint8Array | undefined {
  if (!isWithinBounds(location)) return undefined;
  return encodeField({
    location: {
      fullhashes: location.fullHashes,
      fullhashseed: location.fullHashSeed,
      mediatype: location.mediaType,
      servercadercerts: location.serverCaDerCerts,
      serverdercerts: location.serverDerCerts,
      size: location.size,
      url: location.url,
    },
    status: 'redirect',
  });
}

function parseRedirectLocation(value: unknown): RedirectLocation | undefined {
  const fields = asFields(value);
  if (fields === undefined) return undefined;
  const url = asText(field(fields, 'url'));
  const mediaType = asText(field(fields, 'mediatype'));
  const size = optional(fields, 'size', (found) => (isUint(found, 0, Number.MAX_SAFE_INTEGER) ? found : undefined));
  const fullHashes = optional(fields, 'fullhashes', (found) => asList(found, parseHash));
  const fullHashSeed = optional(fields, 'fullhashseed', asBytes);
  const serverDerCerts = optional(fields, 'serverdercerts', (found) => asList(found, asBytes));
  const serverCaDerCerts = optional(fields, 'servercadercerts', (found) => asList(found, asBytes));
  if (url === undefined || mediaType === undefined) return undefined;
  if (!(size && fullHashes && fullHashSeed && serverDerCerts && serverCaDerCerts)) return undefined;
  const location = {
    url,
    mediaType,
    ...named('size', size),
    ...named('fullHashes', fullHashes),
    ...named('fullHashSeed', fullHashSeed),
    ...named('serverDerCerts', serverDerCerts),
    ...named('serverCaDerCerts', serverCaDerCerts),
  };
  return isWithinBounds(location) ? location : undefined;
}

/** Nothing where the key is missing, and undefined where its value is of the wrong form (SPEC 3.1.8). */
function optional<T>(fields: Fields, key: string, read: (value: unknown) => T | undefined): readonly T[] | undefined {
  const value = field(fields, key);
  if (value === undefined) return Object.hasOwn(fields, key) ? undefined : [];
  const found = read(value);
  return found === undefined ? undefined : [found];
}

function named<Key extends string, T>(key: Key, [found]: readonly T[]): { [K in Key]?: T } {
  return (found === undefined ? {} : { [key]: found }) as { [K in Key]?: T };
}

function parseHash(value: unknown): readonly [string, Uint8Array] | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const name = asText(value[0]);
  const digest = asBytes(value[1]);
  return name === undefined || digest === undefined ? undefined : [name, digest];
}

function asBytes(value: unknown): Uint8Array | undefined {
  return value instanceof Uint8Array ? value : undefined;
}

function isWithinBounds(location: RedirectLocation): boolean {
  const {
    url,
    mediaType,
    size = 0,
    fullHashes = [],
    fullHashSeed,
    serverDerCerts = [],
    serverCaDerCerts = [],
  } = location;
  return (
    url !== '' &&
    utf8Encode(url).length <= URL_BYTES &&
    utf8Encode(mediaType).length <= NAME_BYTES &&
    isUint(size, 0, Number.MAX_SAFE_INTEGER) &&
    fullHashes.length <= MOST_HASHES &&
    fullHashes.every(([name, digest]) => utf8Encode(name).length <= NAME_BYTES && digest.length <= DIGEST_BYTES) &&
    (fullHashSeed?.length ?? 0) <= SEED_BYTES &&
    [serverDerCerts, serverCaDerCerts].every(
      (certs) => certs.length <= MOST_CERTS && certs.every((cert) => cert.length <= CERT_BYTES),
    )
  );
}
