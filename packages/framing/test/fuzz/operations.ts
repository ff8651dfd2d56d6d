import { ByteStringReader } from '../../src/byte-strings.js';
import { outputAtom, type ProgressUpdate, WiremuxError } from '../../src/index.js';
import { redirectsTo } from '../../src/redirects.js';
import type { Random } from '../model/random.js';
import { type Application, sum } from './application.js';

type Operation = (end: Application, wild: boolean) => void;

/** Does one random thing an application can do. What its documentation says it throws is caught, all else is not. */
export function act(end: Application, wild: boolean): void {
  end.random.pick(wild ? [...SANE, ...WILD] : SANE)(end, wild);
}

const SLOW_MODES = ['block', 'latest', 'drop', 'fail'] as const;

function open(end: Application, wild: boolean): void {
  const { random, peer } = end;
  allowing(['too-many-requests', 'too-big', 'unsupported', 'unknown-command', 'connection-lost'], () => {
    const id = peer.open({
      name: wild && random.chance(0.1) ? random.pick(ODD_TEXTS) : 'command',
      args: wild ? oddArguments(random) : { pad: 'x'.repeat(random.chance(0.05) ? 100_000 : 3) },
      hasData: random.chance(0.5),
      bytePieces: random.chance(0.3) ? ByteStringReader : undefined,
      ...(random.chance(0.2) ? { channel: wild ? random.pick(ODD_TEXTS) : 'bulk' } : {}),
      ...(random.chance(0.2)
        ? { redirect: redirectsTo({ targets: ['store'], hashes: [random.pick(ODD_TEXTS)] }) }
        : {}),
      ...(random.chance(0.3) ? { slow: random.pick(SLOW_MODES), keep: random.pick([1, 2, 100]) } : {}),
      ...(random.chance(0.3) ? { credit: wild ? random.pick(ODD_NUMBERS) : random.integer(1_024, 9_000) } : {}),
    });
    if (end.opened.get(id)?.over === false) end.problems.push(`id ${id} was given out twice`);
    end.opened.set(id, { untaken: [], over: false });
  });
}

function sendData(end: Application, wild: boolean): void {
  const id = openedId(end, wild);
  end.peer.sendData(id, new Uint8Array(end.random.size()));
  if (end.random.chance(0.3)) end.peer.endData(id);
}

function take(end: Application, wild: boolean): void {
  const id = openedId(end, wild);
  const untaken = end.opened.get(id)?.untaken.splice(0, end.random.integer(1, 20)) ?? [];
  end.peer.taken(id, wild && end.random.chance(0.3) ? end.random.pick(ODD_NUMBERS) : sum(untaken));
}

function sendValue(end: Application, wild: boolean): void {
  const { random, peer } = end;
  const id = answeredId(end, wild);
  allowing(['unsupported', 'too-big', 'slow-reader', 'internal'], () => {
    for (let count = random.pick([1, 1, 30]); count > 0; count--) {
      const value = random.chance(0.3) ? new Uint8Array(random.size()) : { count, name: 'a row' };
      if (!peer.sendValue(id, wild && random.chance(0.2) ? random.pick(ODD_VALUES) : value)) return;
    }
  });
}

/** Begins a byte string, goes on with one or ends it, whichever makes sense or not. */
function sendBytes(end: Application, wild: boolean): void {
  const { random, peer } = end;
  const id = answeredId(end, wild);
  const length = random.pick([undefined, 0, 10, 50_000]);
  allowing(['wrong-length', 'slow-reader', 'internal'], () => {
    if (random.chance(0.5)) peer.beginBytes(id, wild && random.chance(0.3) ? random.pick(ODD_NUMBERS) : length);
    for (let count = random.integer(0, 5); count > 0; count--) {
      if (!peer.sendBytes(id, new Uint8Array(random.pick([0, 1, 10_000])))) break;
    }
    if (random.chance(0.5)) peer.endBytes(id);
  });
}

function sendOutput(end: Application, wild: boolean): void {
  const { random, peer } = end;
  const text = wild ? random.pick(ODD_TEXTS) : '%s of %s';
  const args = wild ? [random.pick(ODD_TEXTS)] : ['1', '2'];
  const atoms = Array.from({ length: wild ? random.pick([0, 1, 40]) : 1 }, () => outputAtom(text, args, args));
  peer.sendOutput(answeredId(end, wild), atoms);
}

function sendProgress(end: Application, wild: boolean): void {
  const { random, peer } = end;
  const odd: ProgressUpdate = {
    topic: random.pick(ODD_TEXTS),
    pos: random.pick(ODD_NUMBERS),
    total: random.pick(ODD_NUMBERS),
    item: random.pick(ODD_TEXTS),
  };
  const update = { topic: `topic ${random.integer(0, 99)}`, pos: random.integer(-1, 9), total: 9 };
  peer.sendProgress(answeredId(end, wild), wild && random.chance(0.5) ? odd : update);
}

function endAnswer(end: Application, wild: boolean): void {
  end.peer.endAnswer(answeredId(end, wild));
}

function redirectAnswer(end: Application, wild: boolean): void {
  const { random, peer } = end;
  if (random.chance(0.7)) return;
  const location = { url: wild ? random.pick(ODD_TEXTS) : 'https://store.example/', mediaType: 'text/plain' };
  const odd = wild && random.chance(0.5) ? { size: random.pick(ODD_NUMBERS) } : {};
  allowing(['unsupported', 'too-big', 'internal'], () =>
    peer.redirectAnswer(answeredId(end, wild), wild ? random.pick(['store', ...ODD_TEXTS]) : 'store', {
      ...location,
      ...odd,
    }),
  );
}

function failAnswer(end: Application, wild: boolean): void {
  const { random, peer } = end;
  const error = wild
    ? new WiremuxError(random.pick(ODD_TEXTS), random.pick(ODD_TEXTS), {
        data: random.pick(ODD_VALUES),
        retry: random.pick(ODD_NUMBERS),
      })
    : new WiremuxError(random.pick(['out-of-luck', 'bad-arguments', 'internal']), 'As planned: 100 %.', { retry: 5 });
  peer.failAnswer(answeredId(end, wild), error);
}

function readData(end: Application, wild: boolean): void {
  const id = answeredId(end, wild);
  const untaken = end.answered.get(id)?.untaken.splice(0, end.random.integer(1, 20)) ?? [];
  end.peer.dataTaken(id, wild && end.random.chance(0.3) ? end.random.pick(ODD_NUMBERS) : sum(untaken));
}

function refuseData(end: Application, wild: boolean): void {
  const id = answeredId(end, wild);
  if (end.random.chance(0.2)) end.peer.refuseData(id);
}

function cancel(end: Application, wild: boolean): void {
  const { random, peer } = end;
  if (random.chance(0.5)) return;
  const odd = { code: random.pick(ODD_TEXTS), message: random.pick(ODD_TEXTS) };
  peer.cancel(openedId(end, wild), wild ? odd : { code: 'timeout' });
}

/** Answers the cancels that wait. */
function stop(end: Application): void {
  for (const [id, { cancelled }] of end.answered) {
    if (!cancelled || end.random.chance(0.5)) continue;
    end.answered.delete(id);
    end.peer.stopped(id, end.random.pick(['stopped', 'finished', 'left']));
  }
}

function ping(end: Application, wild: boolean): void {
  if (end.random.chance(0.5)) return;
  allowing(['too-big'], () => end.peer.ping(new Uint8Array(end.random.integer(0, wild ? 100 : 64))));
}

function stopAnything(end: Application): void {
  end.peer.stopped(answeredId(end, true), end.random.pick(['stopped', 'finished', 'left']));
  end.peer.returned();
}

function inspect(end: Application): void {
  if (end.peer.openSlots < 0) end.problems.push('fewer than no slots are open');
  end.peer.useChannel(answeredId(end, true), end.random.pick(['bulk', 'control', ...ODD_TEXTS]));
  end.peer.accept(end.now);
}

const SANE: readonly Operation[] = [
  open,
  sendData,
  sendData,
  take,
  take,
  sendValue,
  sendValue,
  sendBytes,
  sendOutput,
  sendProgress,
  endAnswer,
  redirectAnswer,
  failAnswer,
  readData,
  readData,
  refuseData,
  cancel,
  stop,
  ping,
];
const WILD: readonly Operation[] = [stopAnything, inspect];

const ODD_IDS = [0, 1, 2, 3, 4, 65_535, 65_536, -1, 0.5, Number.NaN];
const ODD_NUMBERS = [0, -1, 0.5, 1_023, 1_024, 70_000, 2 ** 24, 2 ** 24 + 1, 2 ** 53, 1e300, Infinity, -Infinity, NaN];
const ODD_TEXTS = ['', 'x', '__proto__', 'é%s%%%d', '\ud800', '\u0000', 'x'.repeat(65), 'ü'.repeat(70_000)];
const ODD_VALUES: readonly unknown[] = [
  undefined,
  null,
  Number.NaN,
  2n ** 70n,
  Symbol('odd'),
  () => 1,
  '\ud800',
  new Date(Number.NaN),
  new Map<unknown, unknown>([[{}, []]]),
  JSON.parse('{"__proto__":{"x":1}}'),
  'x'.repeat(9_000),
  nested(200),
];

function nested(depth: number): unknown {
  let value: unknown = [];
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

function oddArguments(random: Random): Record<string, unknown> {
  return { [random.pick(ODD_TEXTS)]: random.chance(0.5) ? 1 : random.pick(ODD_VALUES) };
}

function openedId({ random, opened }: Application, wild: boolean): number {
  const ids = [...opened.keys()];
  return ids.length === 0 || (wild && random.chance(0.2)) ? random.pick(ODD_IDS) : random.pick(ids);
}

function answeredId({ random, answered }: Application, wild: boolean): number {
  const ids = [...answered.keys()];
  return ids.length === 0 || (wild && random.chance(0.2)) ? random.pick(ODD_IDS) : random.pick(ids);
}

/** Lets the errors through that the method's documentation names. */
function allowing(codes: readonly string[], call: () => void): void {
  try {
    call();
  } catch (thrown) {
    if (!(thrown instanceof WiremuxError && codes.includes(thrown.code))) throw thrown;
  }
}
