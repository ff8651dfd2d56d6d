import type { DialectName, TransportKind } from '@wiremux/client';
import { calls } from './cases/calls.js';
import { cancels } from './cases/cancels.js';
import { downloads } from './cases/downloads.js';
import { errors } from './cases/errors.js';
import { extras } from './cases/extras.js';
import { flow } from './cases/flow.js';
import { served } from './cases/served.js';
import { uploads } from './cases/uploads.js';
import { type ContractCase, featuresOf } from './contract-case.js';

/** Every case of the contract between a client and whoever serves it. */
export const CONTRACT: readonly ContractCase[] = [
  ...calls,
  ...errors,
  ...uploads,
  ...downloads,
  ...cancels,
  ...extras,
  ...flow,
  ...served,
];

/** A case, and where it is in {@link CONTRACT}. */
export interface NumberedCase extends ContractCase {
  readonly at: number;
}

/** The cases that hold over such a connection. */
export function casesFor(transport: TransportKind, dialect: DialectName): readonly NumberedCase[] {
  const features = featuresOf(transport, dialect);
  return CONTRACT.map((contractCase, at) => ({ ...contractCase, at })).filter(
    ({ needs }) => needs === undefined || features.has(needs),
  );
}
