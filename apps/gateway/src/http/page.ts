import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lookup } from 'mrmime';
import { sendBody } from './respond.js';

/**
 * Styles that a script sets one property at a time are not inline styles, so the plots need no exception. `'self'` in
 * `connect-src` covers the WebSocket of the page's own origin.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "img-src 'self' data:",
  "object-src 'none'",
].join('; ');

/** Vite names what it builds by content, so such a file never changes under its name. */
const IMMUTABLE = /^\/assets\//;

interface PageFile {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The files of a built page, held in memory: a request names a file that was there at the start or none, whatever its
 * path looks like, and a rebuild under a running gateway breaks nothing.
 */
export class Page {
  readonly #files: ReadonlyMap<string, PageFile>;

  private constructor(files: ReadonlyMap<string, PageFile>) {
    this.#files = files;
  }

  /** Reads every file below `root`; undefined if nothing has been built there. */
  static async load(root: string): Promise<Page | undefined> {
    const files = new Map<string, PageFile>();
    for (const path of await listFiles(root)) {
      const name = `/${relative(root, path).split(sep).join('/')}`;
      const file = describeFile(name, await readFile(path));
      files.set(name === '/index.html' ? '/' : name, file);
    }
    return files.has('/') ? new Page(files) : undefined;
  }

  /** Whether there is a file under this path of a URL. */
  has(path: string): boolean {
    return this.#files.has(path);
  }

  /** Answers a GET or HEAD; a path that there is no file under is left alone and false returned. */
  serve(path: string, request: IncomingMessage, response: ServerResponse): boolean {
    const file = this.#files.get(path);
    if (file === undefined) return false;
    const isKnown = request.headers['if-none-match']?.split(/,\s*/).includes(file.headers['ETag'] ?? '');
    if (isKnown) {
      response.writeHead(304, file.headers).end();
    } else {
      sendBody(request, response, 200, { ...file.headers, 'Content-Length': String(file.body.length) }, file.body);
    }
    return true;
  }
}

/** Where the dashboard package has its build. */
export function dashboardRoot(): string {
  return join(dirname(fileURLToPath(import.meta.resolve('@wiremux/dashboard/package.json'))), 'dist');
}

async function listFiles(root: string): Promise<string[]> {
  try {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

function describeFile(name: string, body: Uint8Array): PageFile {
  const type = lookup(name) ?? 'application/octet-stream';
  const headers = {
    'Content-Type': type.startsWith('text/') ? `${type}; charset=utf-8` : type,
    'Cache-Control': IMMUTABLE.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
    ETag: `"${createHash('sha256').update(body).digest('base64url')}"`,
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  };
  return { body, headers };
}
