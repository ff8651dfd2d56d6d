import type { RedirectLocation } from '@wiremux/client';
import type { JSX } from 'preact';
import { formatBytes } from '../format/units.js';

/** Where the answer of a run is to be had; whoever reads it decides to go there. */
export function RunRedirect({ location }: { readonly location: RedirectLocation }): JSX.Element {
  const { url, mediaType, size, fullHashes = [] } = location;
  return (
    <div class="redirect" data-testid="run-redirect">
      <p>
        The answer is to be had at <RedirectLink url={url} />: {mediaType}
        {size !== undefined && `, ${formatBytes(size)}`}
      </p>
      {fullHashes.map(([name, digest], index) => (
        <p key={index} class="run-request">
          {name} <code>{hexOf(digest)}</code>
        </p>
      ))}
    </div>
  );
}

/** A link only where it leads to a document: other schemes could run in this page. */
function RedirectLink({ url }: { readonly url: string }): JSX.Element {
  if (!/^https?:/i.test(url)) return <code>{url}</code>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      <code>{url}</code>
    </a>
  );
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
