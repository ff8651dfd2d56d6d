/** Who a connection acts for. Whatever authenticated it may add claims; wiremux itself reads the name only. */
export interface Principal {
  readonly name: string;
  readonly [claim: string]: unknown;
}

/** The principal of connections that nobody authenticated. */
export const ANONYMOUS: Principal = Object.freeze({ name: 'anonymous' });

/** The principal of requests that a client answers: those of the gateway it has connected to. */
export const GATEWAY: Principal = Object.freeze({ name: 'gateway' });
