import { bundledSize } from '../bundled-size.mjs';

/** What a page loads of each client; rxjs, which pages that use ours have anyway, is left out. */
const BUNDLES = [
  { peer: 'wiremux', code: "export { connect } from '@wiremux/client'" },
  { peer: 'graphql-ws', code: "export { createClient } from 'graphql-ws'" },
  { peer: 'tRPC', code: "export { createTRPCClient, createWSClient, wsLink } from '@trpc/client'" },
  { peer: 'Socket.IO', code: "export { io } from 'socket.io-client'" },
  { peer: "Cap'n Web", code: "export { newWebSocketRpcSession } from 'capnweb'" },
] as const;

/** Bytes of each client as a page loads it at first. */
export async function bundleSizes(): Promise<Readonly<Record<string, number>>> {
  const sizes: Record<string, number> = {};
  for (const { peer, code } of BUNDLES) sizes[peer] = await bundledSize(code);
  return sizes;
}
