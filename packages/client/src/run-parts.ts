import { OnDemand } from './on-demand.js';

/** What sends data. */
export const UPLOADS: OnDemand<typeof import('./upload/outgoing-data.js')> = new OnDemand(
  () => import('./upload/outgoing-data.js'),
);
