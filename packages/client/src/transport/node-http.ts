import type { IncomingMessage } from 'node:http';
import { describeRefusal, REFUSAL_LENGTH } from './refusal.js';

/** Of a host with several addresses, the error of the first. */
export function firstError(error: Error): Error {
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return first instanceof Error ? first : error;
}

/** Reads the start of an HTTP answer that is not the one asked for, and tells what it says. */
export async function readRefusal(response: IncomingMessage): Promise<string> {
  let body = '';
  try {
    for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
      body += chunk;
      if (body.length >= REFUSAL_LENGTH) break;
    }
  } catch {
    // What has come of the body will do.
  }
  const { statusCode = 0, statusMessage = '', headers } = response;
  return describeRefusal({ status: statusCode, statusText: statusMessage, type: headers['content-type'], body });
}
