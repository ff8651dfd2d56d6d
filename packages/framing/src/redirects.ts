/** What a request needs that may be answered from elsewhere: an entry of its own, since few do. */
export { redirectsTo } from './message/redirect.js';
