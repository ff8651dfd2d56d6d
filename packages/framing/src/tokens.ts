/** What sends newer tokens in place, and takes them: an entry of its own, since few clients' tokens expire. */
export { TokenRefresh } from './reactor/token-refresh.js';
