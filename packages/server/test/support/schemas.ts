import type { StandardSchemaV1 } from '@standard-schema/spec';

type Validate<Output> = (value: unknown) => StandardSchemaV1.Result<Output> | Promise<StandardSchemaV1.Result<Output>>;

/** A Standard Schema made by hand, without a JSON Schema. */
export function schemaOf<Input extends object, Output = Input>(
  validate: Validate<Output>,
): StandardSchemaV1<Input, Output> {
  return { '~standard': { version: 1, vendor: 'test', validate } };
}
