import { describeRefusal } from '../refusal.js';

/** Reads the start of an answer to `fetch` that is not the one asked for, and tells what it says. */
export async function readRefusal(response: Response): Promise<string> {
  if (response.type === 'opaqueredirect') return 'it redirects elsewhere';
  const { status, statusText, headers } = response;
  const reader = response.body?.getReader();
  const start = await reader?.read().catch(() => undefined);
  void reader?.cancel().catch(() => undefined);
  const body = new TextDecoder().decode(start?.value);
  return describeRefusal({ status, statusText, type: headers.get('content-type'), body });
}
