/** The most of the body of a refusal that is shown, characters. */
export const REFUSAL_LENGTH: number = 512;

/** An HTTP answer that is not the one asked for. */
export interface Refusal {
  readonly status: number;
  readonly statusText: string;
  readonly type: string | null | undefined;
  /** The start of its body. */
  readonly body: string;
}

/** What it says, as one line without control characters. The pages of proxies are left out: they are for people. */
export function describeRefusal({ status, statusText, type, body }: Refusal): string {
  const said = type?.toLowerCase().includes('html') === true ? 'with a web page' : body.slice(0, REFUSAL_LENGTH);
  return `it answered HTTP ${status} ${statusText}: ${said}`.replace(/[\s\p{Cc}]+/gu, ' ').replace(/[:\s]+$/, '');
}
