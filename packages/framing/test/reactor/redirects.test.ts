import { describe, expect, it } from 'vitest';
import type { RedirectLocation } from '../../src/index.js';
import { peerStats } from '../../src/reactor/stats.js';
import { redirectsTo } from '../../src/redirects.js';
import { everyChunking } from '../../src/testing/index.js';
import { pair } from './harness.js';
import { frameBytes, joined, LonePeer } from './lone-peer.js';

const DIALECTS = ['wiremux.1', 'exp-framing-0006'] as const;
const OLDER = ['exp-framing-0002', 'exp-framing-0003', 'exp-framing-0005'] as const;

const OFFER = { targets: ['store', 'mirror'], hashes: ['sha256'] };
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

const LOCATION: RedirectLocation = {
  url: 'https://store.example/é',
  mediaType: 'application/octet-stream',
  size: 70_000,
  fullHashes: [['sha256', bytes('digest')]],
  fullHashSeed: bytes('seed'),
  serverDerCerts: [bytes('cert'), bytes('other')],
  serverCaDerCerts: [],
};
const SHORT = "b'mediatype': b'm', b'url': b'u'";
const redirect = (location: string): string => `cbor:{b'status': b'redirect', b'location': {${location}}}`;

/** A client that has opened request 1, with an offer or without. */
function asked(dialect: string, offer?: typeof OFFER): LonePeer {
  const lone = new LonePeer({ role: 'client', dialect });
  lone.peer.open({ name: 'asked', ...(offer === undefined ? {} : { redirect: redirectsTo(offer) }) });
  lone.sent();
  return lone;
}

function running(dialect: string, offer = "{b'targets': [b'store']}"): LonePeer {
  const lone = new LonePeer({ dialect });
  lone.feed(`1 ${lone.stream} 0 command-request new cbor:{b'name': b'n', b'redirect': ${offer}}`);
  return lone;
}

describe.each(DIALECTS)('SPEC 3.2.7, 3.4.10 redirects of %s', (dialect) => {
  it.each([LOCATION, { url: 'u', mediaType: '' }])('take a caller who offers it elsewhere: %#', async (location) => {
    const { clock, client, server } = pair({
      dialect,
      onServer: (event, peer) => {
        if (event.kind === 'request') peer.redirectAnswer(event.id, 'mirror', location);
      },
    });
    const id = client.peer.open({ name: 'get', redirect: redirectsTo(OFFER) });
    await clock.settle();
    expect(server.of('request')[0]?.redirect).toEqual(OFFER);
    expect(client.events.filter((event) => 'id' in event)).toEqual([{ kind: 'redirected', id, location }]);
    expect(server.peer.inspect(peerStats).requests).toEqual([]);
    const next = client.peer.open({ name: 'get', redirect: redirectsTo(OFFER) });
    await clock.settle();
    expect(client.of('redirected', next)).toHaveLength(1);
  });

  it('are bytes that other peers know', () => {
    const lone = running(dialect);
    lone.peer.redirectAnswer(1, 'store', { ...LOCATION, url: 'u' });
    const [frame] = lone.sentSession();
    expect(frame).toContain(
      "command-response eos cbor:{b'location': {b'fullhashes': [[b'sha256', b'digest']], b'fullhashseed': b'seed', " +
        "b'mediatype': b'application/octet-stream', b'servercadercerts': [], b'serverdercerts': [b'cert', b'other'], " +
        "b'size': 70000, b'url': b'u'}, b'status': b'redirect'}",
    );
    const client = new LonePeer({ role: 'client', dialect });
    client.peer.open({ name: 'n', redirect: redirectsTo({ targets: ['a'], hashes: [] }) });
    expect(client.sentSession()[0]).toContain("b'name': b'n', b'redirect': {b'hashes': [], b'targets': [b'a']}}");
  });

  it.each(['{}', "{b'targets': [b'other'], b'hashes': [b'store']}", "{'targets': ['stores'], 'later': 1}"])(
    'are not sent to who lists %s, and the answer can still be given',
    (offer) => {
      const lone = running(dialect, offer);
      expect(() => lone.peer.redirectAnswer(1, 'store', LOCATION)).toThrow(
        expect.objectContaining({ code: 'unsupported' }),
      );
      lone.peer.endAnswer(1);
      expect(lone.sentSession()[0]).toContain("command-response eos cbor:{b'status': b'ok'}");
    },
  );

  it('SPEC 3.4.11 are not sent with a part past its bound, and the answer can still be given', () => {
    const lone = running(dialect);
    const past = { ...LOCATION, url: 'u'.repeat(16_385) };
    expect(() => lone.peer.redirectAnswer(1, 'store', past)).toThrow(expect.objectContaining({ code: 'too-big' }));
    lone.peer.endAnswer(1);
    expect(lone.sentSession()[0]).toContain("command-response eos cbor:{b'status': b'ok'}");
  });

  it('are not sent behind values', () => {
    const lone = running(dialect);
    lone.peer.sendValue(1, 'first');
    expect(() => lone.peer.redirectAnswer(1, 'store', LOCATION)).toThrow(expect.objectContaining({ code: 'internal' }));
  });

  it.each([
    "{b'targets': b'store'}",
    "{b'targets': [7]}",
    "{b'targets': [b'\\xff']}",
    "{b'hashes': {}}",
    '[]',
    'None',
    "b'store'",
  ])('SPEC 3.2.7 refuses the offer %s with `bad-arguments`', (offer) => {
    const lone = running(dialect, offer);
    expect(lone.fault).toBeUndefined();
    expect(lone.of('request')).toEqual([]);
    expect(lone.sentSession()[0]).toContain('`redirect` is not a map with lists of names.');
  });

  it('SPEC 3.4.10 are told once the answer has ended, in every cut', () => {
    const stream = dialect === 'wiremux.1' ? 4 : 2;
    const whole = frameBytes(`1 ${stream} 0 command-response continuation ${redirect(SHORT)}`, dialect);
    const end = frameBytes(`1 ${stream} 0 command-response eos `, dialect);
    for (const pieces of everyChunking(joined([whole, end]))) {
      const lone = asked(dialect, OFFER);
      let left = whole.length + end.length;
      for (const piece of pieces) {
        lone.feedBytes(piece);
        left -= piece.length;
        expect(lone.kinds(1)).toEqual(left === 0 ? ['redirected'] : []);
      }
      expect(lone.of('redirected')).toEqual([{ kind: 'redirected', id: 1, location: { url: 'u', mediaType: 'm' } }]);
    }
  });

  it.each([undefined, { targets: [], hashes: ['sha256'] }])(
    'SPEC 3.4.4 fail a request that did not ask: %j',
    (offer) => {
      const lone = asked(dialect, offer);
      lone.feed(`1 ${lone.stream} 0 command-response eos ${redirect(SHORT)}`);
      expect(lone.kinds(1)).toEqual(['failed']);
      expect(lone.error(1)?.code).toBe('protocol');
      expect(lone.fault).toBeUndefined();
    },
  );

  it.each([
    ['a value', '\\x01', 'eos '],
    ['a value with the end', '', 'eos \\x01'],
    ['a byte string', '', 'eos \\x41x'],
    ['half a value', '', 'eos \\x41'],
    ['another status', '', "eos cbor:{b'status': b'ok'}"],
  ])('SPEC 3.4.4 fail where %s follows', (_, behind, last) => {
    const lone = asked(dialect, OFFER);
    lone.feed(`1 ${lone.stream} 0 command-response continuation ${redirect(SHORT)}`);
    if (behind !== '') lone.feed(`1 ${lone.stream} 0 command-response continuation ${behind}`);
    else lone.feed(`1 ${lone.stream} 0 command-response ${last}`);
    expect(lone.kinds(1)).toEqual(['failed']);
    expect(lone.error(1)?.code).toBe('protocol');
    expect(lone.fault).toBeUndefined();
  });

  it('SPEC 5.9 are lost with their connection', () => {
    const lone = asked(dialect, OFFER);
    lone.feed(`1 ${lone.stream} 0 command-response continuation ${redirect(SHORT)}`);
    lone.lose();
    expect(lone.error(1)?.code).toBe('connection-lost');
  });
});

describe.each(OLDER)('SPEC 2.6, 3.2.7 %s', (dialect) => {
  it('has no redirects: what was offered is left out', async () => {
    const { clock, client, server } = pair({
      dialect,
      onServer: (event, peer) => {
        if (event.kind === 'request') peer.endAnswer(event.id);
      },
    });
    const id = client.peer.open({ name: 'get', redirect: redirectsTo(OFFER) });
    await clock.settle();
    expect(server.of('request')[0]).toMatchObject({ args: {}, redirect: undefined });
    expect(client.of('ended', id)).toHaveLength(1);
  });
});

describe('SPEC 3.2.7 exp-framing-0005', () => {
  it('ignores the key, and fails an answer that redirects', () => {
    const server = new LonePeer({ dialect: 'exp-framing-0005' });
    server.feed("1 1 stream-begin command-request new cbor:{b'name': b'n', b'redirect': 7}");
    expect(server.of('request')).toHaveLength(1);
    const client = asked('exp-framing-0005', OFFER);
    client.feed(`1 2 stream-begin command-response eos ${redirect(SHORT)}`);
    expect(client.error(1)?.code).toBe('protocol');
  });
});
