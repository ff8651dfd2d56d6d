import { constants, getPriority, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { codecsOf } from '../../encodings.js';
import type { ThreadData, ToThread } from '../messages.js';
import { Describing } from './describing.js';

/** How much nicer it is than the threads that serve connections. */
const NICER = 10;

/** On Linux a priority is the thread's own; elsewhere it would be that of the whole process. */
function giveWay(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(Math.min(getPriority() + NICER, constants.priority.PRIORITY_LOW));
  } catch {
    // Where priorities must not change, that it rests has to do.
  }
}

const { encodings } = workerData as ThreadData;
giveWay();

const describing = new Describing({
  codecs: codecsOf(encodings),
  post: (message, transfer) => parentPort?.postMessage(message, transfer),
  now: () => performance.now(),
  rest: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});

parentPort?.on('message', (message: ToThread) => describing.receive(message));
