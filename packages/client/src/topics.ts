import type { ProgressUpdate } from '@wiremux/framing';

/** Topics kept at most: a command that has more shows the first of them (SPEC 8.12.8). */
const MOST_TOPICS = 64;

/**
 * The topics there are after an update, in the order they began, each with its newest update: one ends with a `pos` of
 * -1 (SPEC 3.7.2).
 */
export function updateTopics(topics: readonly ProgressUpdate[], update: ProgressUpdate): readonly ProgressUpdate[] {
  const at = topics.findIndex(({ topic }) => topic === update.topic);
  if (update.pos < 0) return at < 0 ? topics : topics.toSpliced(at, 1);
  if (at >= 0) return topics.with(at, update);
  return topics.length < MOST_TOPICS ? [...topics, update] : topics;
}
