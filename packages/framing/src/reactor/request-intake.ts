import { FrameType, PieceFlag } from '../dialect/types.js';
import { fault, type ProtocolFault, WiremuxError } from '../errors.js';
import { FrameQueue } from '../flow/frame-queue.js';
import type { FrameHeader } from '../frame/frame.js';
import { parseRequest } from '../message/parse-request.js';
import type { RequestMessage } from '../message/request.js';
import type { PeerContext } from './context.js';
import { type HalfKind, halfKind } from './half-kind.js';
import type { IdTable } from './id-table.js';
import { type IncomingRequest, incomingRequest } from './incoming-request.js';
import type { ReceiveBudget } from './receive-half.js';
import { MapBudget, RequestMapAssembly } from './request-map.js';

/** What becomes of the requests that come in. */
export interface IntakeTarget {
  /** Requests that were left behind and still count as open. */
  readonly left: number;
  /** A whole request: run it. */
  start(request: IncomingRequest, message: RequestMessage): void;
  /** Ends it with an error before it runs. */
  refuse(request: IncomingRequest, error: WiremuxError): ProtocolFault | undefined;
  /** The opener's half has ended. */
  closeIfOver(request: IncomingRequest): void;
}

/** A frame that opens a request or continues its opening; `more`: others follow. */
interface RequestFrame {
  readonly type: number;
  readonly flags: number;
  readonly payload: Uint8Array;
  readonly more: boolean;
}

/** Reads the opener's half of requests: their map, then their data (SPEC 3.2, 3.3, 5.4). */
export class RequestIntake {
  readonly #context: PeerContext;
  readonly #budget: ReceiveBudget;
  readonly #requests: IdTable<IncomingRequest>;
  readonly #target: IntakeTarget;
  readonly #half: HalfKind;
  readonly #maps = new MapBudget();

  /** @param requests the responder's table; new requests are put into it */
  constructor(context: PeerContext, budget: ReceiveBudget, requests: IdTable<IncomingRequest>, target: IntakeTarget) {
    this.#context = context;
    this.#budget = budget;
    // Where frames end values, each keeps to its own.
    const newBody = context.dialect.answers.selfDelimiting ? undefined : () => new FrameQueue();
    this.#half = halfKind(FrameType.Response, context, newBody);
    this.#requests = requests;
    this.#target = target;
  }

  /** A frame that opens a request or continues its opening. */
  requestFrame({ requestId: id, type, flags }: FrameHeader, payload: Uint8Array): ProtocolFault | undefined {
    const known = this.#requests.get(id);
    const { opens, more, hasData } = this.#context.dialect.requests.step(type, flags);
    const frame = { type, flags, payload, more };
    const empty = payload.length === 0 && more ? this.#context.charge('an empty frame') : undefined;
    if (empty !== undefined) return empty;
    if (!opens) {
      if (known?.opener !== 'opening') {
        return fault('5.4', `A request frame continues request ${id}, which is not being opened.`);
      }
      if (hasData !== undefined && known.hasData !== hasData) {
        return fault('3.2.3', `The frames of request ${id} do not agree on whether data follows.`);
      }
      return this.#mapPiece(known, frame);
    }
    if (known !== undefined) return fault('5.2', `Request ${id} was opened while it is still open.`);
    const request = incomingRequest(id, hasData === true, this.#context, this.#budget, this.#half);
    this.#requests.set(id, request);
    return this.#refuseOverLimits(request, more) ?? this.#mapPiece(request, frame);
  }

  /** A command-data frame. */
  dataFrame(id: number, flags: number, payload: Uint8Array): ProtocolFault | undefined {
    const request = this.#requests.get(id);
    if (request?.opener !== 'sending') return fault('3.3.3', `Data came for request ${id}, which awaits none.`);
    const eos = flags === PieceFlag.Eos;
    const empty = payload.length === 0 && !eos ? this.#context.charge('an empty frame') : undefined;
    if (empty !== undefined) return empty;
    if (!this.#budget.receive(request.receive, payload.length)) {
      return fault('8.5.5', `Request ${id} sent more data than it was granted.`);
    }
    if (request.running && !request.refusing && !request.cancelled) {
      this.#budget.deliver(request.receive, payload.length, 0);
      if (payload.length > 0) this.#context.emit({ kind: 'data', id, bytes: payload });
      if (eos) this.#context.emit({ kind: 'data-end', id });
    }
    if (eos) this.#end(request);
    return undefined;
  }

  /** The map will not be completed. */
  abandonMap(request: IncomingRequest): void {
    request.assembly?.finish();
    request.assembly = undefined;
  }

  /** `opening`: its map does not end with its first frame. */
  #refuseOverLimits(request: IncomingRequest, opening: boolean): ProtocolFault | undefined {
    const { openRequests, openingRequests } = this.#context.limits;
    if (this.#requests.size + this.#target.left > openRequests) {
      return this.#target.refuse(request, tooMany(openRequests, 'open'));
    }
    if (opening && this.#maps.maps >= openingRequests) {
      return this.#target.refuse(request, tooMany(openingRequests, 'incomplete'));
    }
    return undefined;
  }

  #mapPiece(request: IncomingRequest, frame: RequestFrame): ProtocolFault | undefined {
    const { type, flags, payload, more } = frame;
    if (request.send.closed) {
      if (!more) this.#mapEnded(request);
      return undefined;
    }
    const piece = request.translator === undefined ? payload : request.translator.read(type, flags, payload);
    if (typeof piece === 'string') return fault(this.#context.dialect.requests.rule, piece);
    let map = piece;
    if (more || request.assembly !== undefined) {
      request.assembly ??= new RequestMapAssembly(this.#maps, this.#context.limits);
      const error = request.assembly.add(piece, payload.length);
      if (error !== undefined) {
        const refused = this.#target.refuse(request, error);
        if (!more) this.#mapEnded(request);
        return refused;
      }
      if (more) return undefined;
      map = request.assembly.finish();
      request.assembly = undefined;
    } else if (payload.length > this.#context.limits.requestMap) {
      const most = this.#context.limits.requestMap;
      const error = new WiremuxError('too-big', `A request map may take ${most} bytes at most.`);
      const refused = this.#target.refuse(request, error);
      this.#mapEnded(request);
      return refused;
    }
    request.opener = request.hasData ? 'sending' : 'ended';
    return this.#read(request, map);
  }

  #read(request: IncomingRequest, map: Uint8Array): ProtocolFault | undefined {
    const parsed = parseRequest(map, this.#context.cborLimits, this.#context.dialect);
    if (parsed.kind === 'fault') return fault(parsed.rule, parsed.message);
    if (parsed.kind === 'refused') return this.#target.refuse(request, parsed.error);
    this.#target.start(request, parsed.request);
    return undefined;
  }

  /** The last frame of the map of a request that was refused before. */
  #mapEnded(request: IncomingRequest): void {
    if (request.hasData) request.opener = 'sending';
    else this.#end(request);
  }

  #end(request: IncomingRequest): void {
    request.opener = 'ended';
    this.#budget.close(request.receive);
    this.#context.output.forgetCredit(request.id);
    this.#target.closeIfOver(request);
  }
}

function tooMany(most: number, what: string): WiremuxError {
  return new WiremuxError('too-many-requests', `${most} requests are ${what}, the most allowed; wait for one to end.`);
}
