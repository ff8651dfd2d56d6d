import { calls } from './cases/calls.js';
import { cancels } from './cases/cancels.js';
import { errors } from './cases/errors.js';
import { flow } from './cases/flow.js';
import { uploads } from './cases/uploads.js';
import type { ContractCase } from './contract-case.js';

/** Every case of the contract between a client and whoever serves it. */
export const CONTRACT: readonly ContractCase[] = [...calls, ...errors, ...uploads, ...cancels, ...flow];
