import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build, type Rolldown } from 'vite';

/** A page that does nothing but load `page.ts`, served under the strictest policy it can run with. */
export interface StrictPage {
  readonly origin: string;
  /** Lets the page connect to this address, and nowhere else. */
  allowConnect(url: string): void;
  close(): Promise<void>;
}

const HTML = '<!doctype html><html lang="en"><title>contract</title><script type="module" src="/page.js"></script>';

/** Bundles `page.ts` as a user's bundler would. */
async function bundle(): Promise<string> {
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      lib: { entry: fileURLToPath(new URL('page.ts', import.meta.url)), formats: ['es'], fileName: 'page' },
    },
  })) as Rolldown.RolldownOutput[];
  const chunks = built.flatMap(({ output }) => output);
  const [chunk] = chunks;
  if (chunk?.type !== 'chunk' || chunks.length > 1) throw new Error('The bundle must be one script.');
  return chunk.code;
}

export async function serveStrictPage(): Promise<StrictPage> {
  const script = await bundle();
  let policy = "default-src 'none'; script-src 'self'";
  const server: Server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.writeHead(isScript || request.url === '/' ? 200 : 204, {
      'content-type': isScript ? 'text/javascript' : 'text/html',
      'content-security-policy': policy,
    });
    response.end(isScript ? script : HTML);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    allowConnect(url) {
      policy += `; connect-src ${url}`;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
