import { platform } from '#platform';
import type { Dial } from './dial.js';

/** Dials a WebSocket as `connect()` does, for those who give it a transport of their own that wraps one. */
export const dialWebSocket: Dial = (url, protocols, signal) => platform.dial(url, protocols, signal);
