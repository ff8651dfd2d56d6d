import type { JSX } from 'preact';
import { formatAgo } from '../format/time.js';
import type { Freshness } from '../state/freshness.js';

/** Says that values are missing or old; nothing while they come. */
export function FreshnessNote({ freshness }: { readonly freshness: Freshness }): JSX.Element | null {
  switch (freshness.kind) {
    case 'live':
      return null;
    case 'waiting':
      return <span class="freshness">no value yet</span>;
    case 'stale':
      return <span class="freshness freshness-stale">last value {formatAgo(freshness.age)}</span>;
  }
}
