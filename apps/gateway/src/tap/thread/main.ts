import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { codecsOf } from '../../encodings.js';
import type { ThreadData, ToThread } from '../messages.js';
import { Describing } from './describing.js';

/** How nice the thread is to those that serve connections: where they leave nothing, it gets about a tenth of a core. */
const NICE = 10;

const { encodings } = workerData as ThreadData;

// On Linux a priority is the thread's own; elsewhere it would be the whole process's.
if (process.platform === 'linux') setPriority(NICE);

const describing = new Describing({
  codecs: codecsOf(encodings),
  post: (message, transfer) => parentPort?.postMessage(message, transfer),
  now: () => performance.now(),
  rest: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});

parentPort?.on('message', (message: ToThread) => describing.receive(message));
