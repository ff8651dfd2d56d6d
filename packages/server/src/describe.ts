import type { StandardJSONSchemaV1 } from '@standard-schema/spec';
import type { CommandSet } from './command-set.js';
import type { ArgsSchema } from './contract.js';

/** What `capabilities` says of a command. */
export interface CommandDescription {
  readonly name: string;
  /** One sentence for people; empty if the contract has none. */
  readonly about: string;
  /** JSON Schema (draft 2020-12) of the arguments; `{type: 'object'}` where the contract's schema gives none. */
  readonly args: JsonSchema;
  readonly takesData: boolean;
  /** Channel of its answers, unless a request asks for another. */
  readonly channel: string;
  /** Running it again is harmless. */
  readonly restartable: boolean;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Says of each command what a caller needs to know, in the order of the set. */
export function describeCommands(set: CommandSet): CommandDescription[] {
  return Array.from(set.values(), ({ name, contract }) => ({
    name,
    about: contract.about,
    args: jsonSchemaOf(contract.args),
    takesData: contract.takesData,
    channel: contract.channel ?? 'default',
    restartable: contract.restartable,
  }));
}

/** zod's word for: say `{}` of a part that JSON Schema cannot describe, and the rest as it is. */
const libraryOptions = { unrepresentable: 'any' };

function jsonSchemaOf(schema: ArgsSchema | undefined): JsonSchema {
  const anyMap = { type: 'object' };
  if (!schema || !describesItself(schema)) return anyMap;
  try {
    const { $schema: _, ...described } = schema['~standard'].jsonSchema.input({
      target: 'draft-2020-12',
      libraryOptions,
    });
    // Through JSON, because vendors attach properties and prototypes of their own, which have no form on the wire.
    return JSON.parse(JSON.stringify(described)) as JsonSchema;
  } catch {
    return anyMap;
  }
}

/** Whether a schema has the JSON Schema part of the standard, which its vendor may leave out. */
function describesItself(schema: ArgsSchema): schema is ArgsSchema & StandardJSONSchemaV1 {
  return 'jsonSchema' in schema['~standard'];
}
