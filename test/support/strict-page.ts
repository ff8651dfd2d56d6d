import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build, type Rolldown } from 'vite';

/** A page that does nothing but load `/page.js`, served under the strictest policy it can run with. */
export interface StrictPage {
  readonly origin: string;
  /** Lets the page connect to these addresses, and nowhere else. */
  allowConnect(...urls: string[]): void;
  close(): Promise<void>;
}

const HTML = '<!doctype html><html lang="en"><title>test</title><script type="module" src="/page.js"></script>';

/** Bundles scripts as a user's bundler would: what comes of it by its paths. */
async function bundle(entry: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, string>> {
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      lib: { entry, formats: ['es'], fileName: (_, name) => `${name}.js` },
    },
  })) as Rolldown.RolldownOutput[];
  const files = built.flatMap(({ output }) => output);
  return new Map(files.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : '']));
}

/** @param entry the files of its scripts: `page`, and others by their names. */
export async function serveStrictPage(entry: Readonly<Record<string, string>>): Promise<StrictPage> {
  const scripts = await bundle(entry);
  let policy = "default-src 'none'; script-src 'self'";
  const server: Server = createServer((request, response) => {
    const script = scripts.get(request.url ?? '');
    response.writeHead(script !== undefined || request.url === '/' ? 200 : 204, {
      'content-type': script === undefined ? 'text/html' : 'text/javascript',
      'content-security-policy': policy,
    });
    response.end(script ?? HTML);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    allowConnect(...urls) {
      policy += `; connect-src ${urls.join(' ')}`;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
