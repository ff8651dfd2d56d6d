import type { Work } from '../workload.js';
import { callDuringBulk } from './call-during-bulk.js';
import { calls } from './calls.js';
import { fanOutTenThousand, fanOutThousand } from './fan-out.js';
import { idleMemory } from './idle-memory.js';
import { openRequests } from './open-requests.js';
import { similarAnswers } from './similar-answers.js';
import { single } from './single.js';
import { bulk, rows } from './streams.js';

/** All the work, in the order of the table. */
export const WORKS: readonly Work[] = [
  calls,
  single,
  rows,
  bulk,
  callDuringBulk,
  idleMemory,
  fanOutThousand,
  fanOutTenThousand,
  similarAnswers,
  openRequests,
];

/** The work of that name. */
export function workloadByName(name: string): Work {
  const work = WORKS.find((candidate) => candidate.name === name);
  if (work === undefined)
    throw new Error(`There is no work "${name}"; there is ${WORKS.map((each) => each.name).join(', ')}.`);
  return work;
}
