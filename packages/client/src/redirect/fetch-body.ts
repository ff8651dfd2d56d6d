import { redirectFailed } from './failed.js';

/**
 * What is at that address, as it comes: asked for without credentials, and nowhere else.
 * @throws {WiremuxError} `redirect-failed`
 */
export async function* fetchBody(url: URL, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = (await respond(url, signal)).body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw redirectFailed(`what ${url.host} sent broke off: ${reasonOf(error)}.`, error);
      });
      if (done) return;
      yield value;
    }
  } finally {
    // Of one that has ended or broken off there is nothing to cancel.
    reader.cancel().catch(() => undefined);
  }
}

async function respond(url: URL, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, {
    signal,
    redirect: 'manual',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
  }).catch((error: unknown) => {
    throw redirectFailed(`${url.host} cannot be asked: ${reasonOf(error)}.`, error);
  });
  const { status, statusText, type, body } = response;
  if (status === 200) return response;
  body?.cancel().catch(() => undefined);
  const isElsewhere = type === 'opaqueredirect' || (status >= 300 && status < 400);
  const why = isElsewhere ? 'a redirect of its own, which is not followed' : `HTTP ${status} ${statusText}`.trimEnd();
  throw redirectFailed(`${url.host} answered with ${why}.`);
}

/** Node tells why in the cause. */
function reasonOf(error: unknown): string {
  const told = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return told instanceof Error ? told.message.replace(/\.$/, '') : String(told);
}
