import type { Transport } from '@wiremux/framing';

/** Why a POST did not come to the end of its answer. */
export type PostFailure =
  /** Something answered, but not with frames. */
  | { readonly kind: 'refused'; readonly status: number; readonly detail: string }
  /** Its body is longer than may be kept; nothing was sent. */
  | { readonly kind: 'too-big'; readonly detail: string }
  /** The network failed, before the answer (`answered`: false) or in it. */
  | { readonly kind: 'broken'; readonly answered: boolean; readonly detail: string };

/** One POST as a transport (SPEC 7.5): what is sent is its body, what arrives is the body of its answer. */
export interface Post extends Transport {
  finish(): void;
  /** Set when it has failed, before `closed` tells so. */
  readonly failure: PostFailure | undefined;
}

/** What to post, and where. */
export interface PostTarget {
  /** An http(s) address. */
  readonly url: string;
  readonly mediaType: string;
  /** Bytes of a body that is kept until it is complete, where it cannot be sent as it comes. */
  readonly maxBody: number;
}

/** Prepares a POST; it goes out as its body does. */
export type OpenPost = (target: PostTarget) => Post;

/** Whether an answer brings frames of that media type. */
export function bringsFrames(status: number | undefined, type: string | null | undefined, mediaType: string): boolean {
  return status === 200 && type?.split(';', 1)[0]?.trim().toLowerCase() === mediaType;
}
