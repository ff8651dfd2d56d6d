import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { EncodedValue } from '@wiremux/framing';
import type { DataOptions, RequestOptions } from './options.js';

/** What the client's types read of a command's contract; any object of this shape will do. */
export interface CommandType {
  readonly args?: StandardSchemaV1 | undefined;
  readonly yields?: StandardSchemaV1 | undefined;
  readonly takesData?: boolean | undefined;
}

/** Commands by name: `typeof commands` of what the gateway implements. */
export type Commands = Readonly<Record<string, CommandType>>;

export type CommandName<C extends Commands> = keyof C & string;

/** The schema under that key, undefined where there is none. */
type SchemaOf<K, Key extends 'args' | 'yields'> = Key extends keyof K
  ? [NonNullable<K[Key]>] extends [never]
    ? undefined
    : NonNullable<K[Key]>
  : undefined;

/** Each argument can be given as a value, or encoded already. */
type NamedArguments<In> = unknown extends In
  ? Readonly<Record<string, unknown>>
  : { [Name in keyof In]: In[Name] | EncodedValue };

/** What a caller passes: the input of the schema of the arguments, nothing where there is none. */
export type ArgumentsOf<K extends CommandType> =
  SchemaOf<K, 'args'> extends infer S extends StandardSchemaV1
    ? NamedArguments<StandardSchemaV1.InferInput<S>>
    : Readonly<Record<string, never>>;

/** What the command yields: the output of its schema, `unknown` where there is none. */
export type YieldsOf<K extends CommandType> =
  SchemaOf<K, 'yields'> extends infer S extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<S> : unknown;

type OptionsOf<K extends CommandType> = 'takesData' extends keyof K
  ? true extends K['takesData']
    ? DataOptions
    : RequestOptions
  : RequestOptions;

/** What follows a command's name in a call; the arguments may be left out where none is required. */
export type CallParameters<K extends CommandType> =
  Record<never, never> extends ArgumentsOf<K>
    ? [args?: ArgumentsOf<K>, options?: OptionsOf<K>]
    : [args: ArgumentsOf<K>, options?: OptionsOf<K>];
