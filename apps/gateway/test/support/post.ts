import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import {
  type ContentCodec,
  type DialectName,
  dialectByName,
  formatOutput,
  Peer,
  type PeerEvent,
  type ProgressUpdate,
  peerStats,
  type WiremuxError,
} from '@wiremux/framing';

/** A request of an exchange. */
export interface Call {
  readonly name: string;
  readonly args?: Record<string, unknown>;
  readonly data?: readonly Uint8Array[];
}

/** What one request of an exchange got. */
interface Got {
  readonly values: unknown[];
  readonly output: string[];
  readonly progress: ProgressUpdate[];
  error: WiremuxError | undefined;
  ended: boolean;
}

/** An answer to posted frames. */
export interface Posted {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** What was no frames. */
  readonly text: string;
  readonly got: readonly Got[];
  /** Encodings of the streams that answers came on. */
  readonly encodings: readonly string[];
}

/** How frames are posted. */
export interface PostOptions {
  readonly dialect?: DialectName;
  readonly token?: string;
  /** What it can decode beside `identity`. */
  readonly codecs?: readonly ContentCodec[];
  readonly headers?: Readonly<Record<string, string>>;
  /** The media type, where it is not the dialect's. */
  readonly type?: string;
  /** Sent in chunks, in place of a content length. */
  readonly chunked?: boolean;
}

function listen(peer: Peer, ids: readonly number[], got: readonly Got[], event: PeerEvent): void {
  const of = 'id' in event ? got[ids.indexOf(event.id)] : undefined;
  if (of === undefined) return;
  if (event.kind === 'values') {
    of.values.push(...event.values);
    for (const size of event.sizes) peer.taken(ids[got.indexOf(of)] as number, size);
  }
  if (event.kind === 'output') of.output.push(formatOutput(event.atoms));
  if (event.kind === 'progress') of.progress.push(event.update);
  if (event.kind === 'ended') of.ended = true;
  if (event.kind === 'failed') of.error = event.error;
}

/** The frames of an exchange as one body. */
export function framesOf(peer: Peer, calls: readonly Call[]): { ids: number[]; body: Buffer } {
  const ids = calls.map(({ name, args = {}, data }) => {
    const id = peer.open({ name, args, hasData: data !== undefined });
    for (const piece of data ?? []) peer.sendData(id, piece);
    if (data !== undefined) peer.endData(id);
    return id;
  });
  peer.flush(0);
  const chunks: Uint8Array[] = [];
  for (let message = peer.takeBytes(0); message !== undefined; message = peer.takeBytes(0)) chunks.push(...message);
  return { ids, body: Buffer.concat(chunks) };
}

/** A client's end of one exchange. */
export function exchangePeer({ dialect = 'wiremux.1', token, codecs = [] }: PostOptions = {}): Peer {
  const found = dialectByName(dialect);
  if (found === undefined) throw new Error(`no dialect ${dialect}`);
  return new Peer({
    role: 'client',
    dialect: found,
    halfDuplex: true,
    now: 0,
    codecs,
    ...(token === undefined ? {} : { token }),
  });
}

/** Posts the frames of these requests to `/mux`, and reads the answers; rejects if they are cut off. */
export function post(port: number, calls: readonly Call[], options: PostOptions = {}): Promise<Posted> {
  const peer = exchangePeer(options);
  const { ids, body } = framesOf(peer, calls);
  const got = calls.map((): Got => ({ values: [], output: [], progress: [], error: undefined, ended: false }));
  return new Promise((resolve, reject) => {
    const type = options.type ?? peer.dialect.mediaType;
    const length = options.chunked === true ? {} : { 'Content-Length': String(body.length) };
    const headers = { 'Content-Type': type, ...length, ...options.headers };
    const request = httpRequest({ host: '127.0.0.1', port, path: '/mux', method: 'POST', headers }, (response) => {
      let text = '';
      const isFrames = response.headers['content-type'] === peer.dialect.mediaType;
      response.on('data', (chunk: Buffer) => {
        if (!isFrames) text += chunk.toString();
        else peer.receiveBytes(new Uint8Array(chunk), 0);
        for (const event of peer.takeEvents()) listen(peer, ids, got, event);
      });
      response.on('error', reject);
      response.on('end', () => {
        peer.endInput(0);
        peer.onWake(finish);
        finish();
      });
      /** Large frames are decoded beside the event loop. */
      const finish = () => {
        for (const event of peer.takeEvents()) listen(peer, ids, got, event);
        if (peer.inputPending) return;
        const streams = peer.inspect(peerStats).streams.filter(({ direction }) => direction === 'in');
        const encodings = streams.map(({ encoding }) => encoding);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, got, encodings });
      };
    });
    request.on('error', reject);
    request.end(body);
  });
}
