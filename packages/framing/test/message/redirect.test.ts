import { describe, expect, it } from 'vitest';
import { decodeOne, type RedirectLocation } from '../../src/index.js';
import { parseStatus } from '../../src/message/failure.js';
import { encodeStatusRedirect } from '../../src/message/redirect.js';
import { redirectsTo } from '../../src/redirects.js';
import { cbor } from './bytes.js';

const LIMITS = { depth: 64, items: 10_000, bytes: 2 ** 24 };

const { readLocation } = redirectsTo({ targets: [], hashes: [] });

/** Where a status map says that the answer is to be had. */
function read(bytes: Uint8Array): RedirectLocation | undefined {
  const decoded = decodeOne(bytes, LIMITS);
  const status = decoded.ok ? parseStatus(decoded.value, true) : undefined;
  return status?.kind === 'redirect' ? readLocation(status.location) : undefined;
}

const at = (location: string): RedirectLocation | undefined =>
  read(cbor(`{b'status': b'redirect', b'location': {${location}}}`));

const digest = (size: number): NonNullable<RedirectLocation['fullHashes']> => [['h', new Uint8Array(size)]];
const NOTHING = new Uint8Array(0);
const MANY = Array.from({ length: 16 }, () => NOTHING);
const named = (digests: readonly Uint8Array[]): NonNullable<RedirectLocation['fullHashes']> =>
  digests.map((each) => ['h', each]);

describe('SPEC 3.4.11 locations', () => {
  it.each<[string, Partial<RedirectLocation>, Partial<RedirectLocation>]>([
    ['url', { url: 'u'.repeat(8_192) }, { url: 'u'.repeat(8_193) }],
    ['url', { url: `${'ü'.repeat(4_095)}xx` }, { url: 'ü'.repeat(4_097) }],
    ['url', { url: 'u' }, { url: '' }],
    ['mediatype', { mediaType: 'm'.repeat(255) }, { mediaType: 'm'.repeat(256) }],
    ['size', { size: Number.MAX_SAFE_INTEGER }, { size: 2 ** 53 }],
    ['size', { size: 0 }, { size: -1 }],
    ['size', { size: 1 }, { size: 0.5 }],
    ['digest', { fullHashes: digest(128) }, { fullHashes: digest(129) }],
    ['hash name', { fullHashes: [['h'.repeat(255), NOTHING]] }, { fullHashes: [['h'.repeat(256), NOTHING]] }],
    ['hashes', { fullHashes: named(MANY) }, { fullHashes: named([...MANY, NOTHING]) }],
    ['seed', { fullHashSeed: new Uint8Array(1_024) }, { fullHashSeed: new Uint8Array(1_025) }],
    ['certificates', { serverDerCerts: MANY }, { serverDerCerts: [...MANY, NOTHING] }],
    ['authorities', { serverCaDerCerts: MANY }, { serverCaDerCerts: [...MANY, NOTHING] }],
    ['certificate', { serverDerCerts: [new Uint8Array(65_535)] }, { serverDerCerts: [new Uint8Array(65_536)] }],
  ])('have a bound for the %s: as much as that and no more', (_, fits, over) => {
    const location = { url: 'u', mediaType: 'm', ...fits };
    const encoded = encodeStatusRedirect(location);
    expect(read(encoded as Uint8Array)).toEqual(location);
    expect(encodeStatusRedirect({ url: 'u', mediaType: 'm', ...over })).toBeUndefined();
  });

  it.each([
    ["b'url': b'u'", 'without a media type'],
    ["b'mediatype': b'm'", 'without a URL'],
    ["b'mediatype': b'm', b'url': b''", 'with an empty URL'],
    [`b'mediatype': b'm', b'url': b'${'u'.repeat(8_193)}'`, 'with a long URL'],
    ["b'mediatype': b'm', b'url': b'\\xff'", 'with a URL that is not UTF-8'],
    ["b'mediatype': 7, b'url': b'u'", 'with a number for a media type'],
    ["b'mediatype': b'm', b'url': b'u', b'size': b'7'", 'with a size that is none'],
    ["b'mediatype': b'm', b'url': b'u', b'size': -7", 'with a negative size'],
    ["b'mediatype': b'm', b'url': b'u', b'size': None", 'with null for a size'],
    ["b'mediatype': b'm', b'url': b'u', b'fullhashes': {b'sha1': b'x'}", 'with a map of hashes'],
    ["b'mediatype': b'm', b'url': b'u', b'fullhashes': [[b'sha1']]", 'with a hash without a digest'],
    ["b'mediatype': b'm', b'url': b'u', b'fullhashes': [[b'sha1', b'x', b'y']]", 'with a hash of three parts'],
    ["b'mediatype': b'm', b'url': b'u', b'fullhashes': [[b'sha1', 'x']]", 'with a digest of text'],
    ["b'mediatype': b'm', b'url': b'u', b'fullhashseed': 'x'", 'with a seed of text'],
    ["b'mediatype': b'm', b'url': b'u', b'serverdercerts': b'x'", 'with a certificate that is no list'],
    ["b'mediatype': b'm', b'url': b'u', b'servercadercerts': ['x']", 'with a certificate of text'],
  ])('SPEC 3.1.8, 3.4.4 are no status: %s (%s)', (location) => {
    expect(at(location)).toBeUndefined();
  });

  it.each([
    "{b'status': b'redirect'}",
    "{b'status': b'redirect', b'location': []}",
    "{b'status': b'redirect', b'location': b'u'}",
  ])('SPEC 3.4.4 are needed: %s is no status', (map) => {
    expect(read(cbor(map))).toBeUndefined();
  });

  it('SPEC 3.1.8 may have keys that are not known', () => {
    expect(at("b'url': 'u', b'mediatype': b'm', b'later': 1, 7: 8")).toEqual({ url: 'u', mediaType: 'm' });
  });
});
