/** What a client needs that moves to another line while the one it has still works. */
export { leavingOf } from './leaving.js';
export { openLater } from './open-later.js';
