import { type DialectName, WiremuxError } from '@wiremux/framing';
import type { TransportKind } from '../line.js';
import type { Status } from '../status.js';

/** Version of these messages: a page and a worker of different builds may meet. */
export const PORT_VERSION = 1;

/** What a tab says first. */
export interface Hello {
  readonly kind: 'hello';
  readonly version: number;
  /** The gateway's WebSocket address. */
  readonly url: string;
  readonly token: string | undefined;
  /** The tab can be asked for another token. */
  readonly renewsToken: boolean;
  /** A Web Lock that is free once the tab is gone; undefined where there are none. */
  readonly lock: string | undefined;
}

/** The port ends, as a WebSocket does; nothing follows. */
export interface PortClose {
  readonly kind: 'close';
  readonly code: number;
  readonly reason: string;
}

/** From a tab to the worker, beside frames. */
export type ToWorker =
  | Hello
  /** The names of the commands that it serves to the gateway, all of them. */
  | { readonly kind: 'serves'; readonly names: readonly string[] }
  /** It came to the front. */
  | { readonly kind: 'front' }
  /** Answers `token`, or says why there is none. */
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'no-token'; readonly message: string }
  | PortClose;

/** From the worker to a tab, beside frames. */
export type ToTab =
  | { readonly kind: 'status'; readonly status: PortStatus }
  /** A Web Lock that is free once the worker is gone. */
  | { readonly kind: 'lock'; readonly name: string }
  /** It needs another token. */
  | { readonly kind: 'token' }
  | PortClose;

/** An error as it goes over a port, where errors lose their codes. */
interface PortError {
  readonly code: string;
  readonly message: string;
  readonly data?: unknown;
  readonly retry?: number;
}

/** A {@link Status} as it goes over a port. */
export interface PortStatus {
  readonly state: Status['state'];
  readonly attempt?: number;
  readonly retryIn?: number;
  readonly transport?: TransportKind;
  readonly dialect?: DialectName;
  readonly agent?: string;
  readonly resumable?: boolean;
  readonly reason?: PortError;
}

export function toPortStatus(status: Status): PortStatus {
  const { reason, ...rest } = status;
  return reason === undefined ? rest : { ...rest, reason: reason.toJSON() };
}

export function fromPortStatus(status: PortStatus): Status {
  const { reason, ...rest } = status;
  // It was made of a status, by code that this is bundled with or PORT_VERSION says fits.
  return (reason === undefined ? rest : { ...rest, reason: fromPortError(reason) }) as Status;
}

function fromPortError({ code, message, data, retry }: PortError): WiremuxError {
  return new WiremuxError(code, message, {
    ...(data === undefined ? {} : { data }),
    ...(retry === undefined ? {} : { retry }),
  });
}
