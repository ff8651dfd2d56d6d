import type { GatewayAddress } from './gateway.js';

/** What to print once a gateway listens: its address, then three things to try. */
export function startupReport({ url }: GatewayAddress, hasPage: boolean): string {
  const mux = `${url.replace(/^http/, 'ws')}mux`;
  const first = hasPage ? `open   ${url} in a browser` : `npx wiremux call ${mux} capabilities`;
  return [
    `wiremux listening on ${url}`,
    '',
    'Try:',
    `  ${first}`,
    `  npx wiremux watch ${mux} host.metrics`,
    `  npx wiremux call ${mux} digest --data package.json`,
    '',
  ].join('\n');
}
