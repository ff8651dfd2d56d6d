import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of the heap of this process that are in use, garbage not counted. */
export function liveHeap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
