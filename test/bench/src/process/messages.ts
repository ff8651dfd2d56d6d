/** From the parent to a server's process. */
export type ToServer = { readonly kind: 'publish' } | { readonly kind: 'memory' };
/** From a server's process. */
export type FromServer =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'memory'; readonly bytes: number };
/** To a client's process: answers to what it asked. */
export type ToClient = { readonly kind: 'memory'; readonly bytes: number };
/** From a client's process; the result is undefined where the peer cannot do the work. */
export type FromClient =
  | { readonly kind: 'publish' }
  | { readonly kind: 'memory' }
  | { readonly kind: 'result'; readonly result: Readonly<Record<string, number>> | undefined }
  | { readonly kind: 'failed'; readonly message: string };
