/** Who a connection acts for. Whatever authenticated it may add claims; wiremux itself reads the name only. */
export interface Principal {
  readonly name: string;
  readonly [claim: string]: unknown;
}

/** The principal of connections that nobody authenticated. */
export const ANONYMOUS: Principal = Object.freeze({ name: 'anonymous' });
