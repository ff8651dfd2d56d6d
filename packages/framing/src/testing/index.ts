export { everyChunking } from './chunking.js';
export { MemoryTransport, memoryTransportPair } from './memory-transport.js';
export { VirtualClock } from './virtual-clock.js';
