import type { StandardSchemaV1 } from '@standard-schema/spec';
import { encodeValue, WiremuxError } from '@wiremux/framing';
import { type Path, textAt, textBelow } from './byte-strings.js';
import type { ImplementedCommand } from './command-set.js';
import type { ArgsSchema } from './contract.js';

/** One argument at fault, as `bad-arguments` carries them in its `data`. */
export interface ArgumentIssue {
  /** Keys and indices from the outermost inwards; empty: the arguments as a whole. */
  readonly path: readonly (string | number)[];
  /** What was expected. */
  readonly message: string;
}

/** The most issues an error tells of, and the most characters of each part of one. */
const ISSUES_TOLD = 16;
const MESSAGE_LENGTH = 200;
const KEY_LENGTH = 100;
/** The most bytes of an error's `data` (SPEC 3.9.1). */
const DATA_BYTES = 4_096;
/** Times that byte strings are turned into text: each round gets past one level of choices that hang on a text. */
const TEXT_ROUNDS = 8;

type Result = StandardSchemaV1.Result<unknown>;

/**
 * The arguments as the command's handler gets them: at once where its schema answers at once. With `textAsBytes` a byte
 * string that is UTF-8 is taken where the schema asks for a string (SPEC 3.1.3).
 * @throws {WiremuxError} `bad-arguments`, naming each argument at fault
 */
export function validateArgs(
  command: ImplementedCommand,
  args: Readonly<Record<string, unknown>>,
  textAsBytes: boolean,
): unknown {
  const schema = command.contract.args;
  if (schema === undefined) return args;
  const result = schema['~standard'].validate(args);
  if (result instanceof Promise || (result.issues && textAsBytes))
    return validateSlowly(command.name, schema, args, result, textAsBytes);
  return outputOf(command.name, result);
}

async function validateSlowly(
  name: string,
  schema: ArgsSchema,
  args: unknown,
  first: Result | Promise<Result>,
  textAsBytes: boolean,
): Promise<unknown> {
  const result = await first;
  return outputOf(name, result.issues && textAsBytes ? await validateAsText(schema, args, result.issues) : result);
}

/** Validates again with byte strings as text, first those at fault, in the end also those within what is at fault. */
async function validateAsText(schema: ArgsSchema, args: unknown, issues: Issues): Promise<Result> {
  let failed: StandardSchemaV1.FailureResult = { issues };
  let value = args;
  for (let round = 0; round < TEXT_ROUNDS; round++) {
    const retexted = textAt(value, failed.issues.map(pathOf));
    if (retexted.converted === 0) break;
    value = retexted.value;
    const result = await schema['~standard'].validate(value);
    if (!result.issues) return result;
    failed = result;
  }
  const retexted = textBelow(value, failed.issues.map(pathOf));
  if (retexted.converted === 0) return failed;
  const result = await schema['~standard'].validate(retexted.value);
  return result.issues ? failed : result;
}

type Issues = StandardSchemaV1.FailureResult['issues'];

function outputOf(name: string, result: Result): unknown {
  if (result.issues) throw badArguments(name, result.issues);
  return result.value;
}

function pathOf(issue: StandardSchemaV1.Issue): Path {
  return (issue.path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment));
}

/** The error for arguments that do not fit: a sentence for people, the issues for programs. */
function badArguments(name: string, found: Issues): WiremuxError {
  const issues = found.slice(0, ISSUES_TOLD).map(describeIssue);
  while (encodeValue(issues).length > DATA_BYTES) issues.pop();
  const told = issues.map(({ path, message }) => (path.length > 0 ? `\`${printPath(path)}\`: ${message}` : message));
  const untold = found.length - told.length;
  const more = untold > 0 ? [`${untold} more`] : [];
  const sentence = `The arguments do not fit the command \`${name}\`: ${[...told, ...more].join('; ')}.`;
  return new WiremuxError('bad-arguments', sentence.replace(/\.\.$/, '.'), { data: issues });
}

function describeIssue(issue: StandardSchemaV1.Issue): ArgumentIssue {
  const path = pathOf(issue).map((key) => (typeof key === 'number' ? key : String(key).slice(0, KEY_LENGTH)));
  return { path, message: issue.message.slice(0, MESSAGE_LENGTH) };
}

/** As JavaScript would write it: `rows[0].price`. */
function printPath(path: ArgumentIssue['path']): string {
  return path.map((key, at) => (typeof key === 'number' ? `[${key}]` : at === 0 ? key : `.${key}`)).join('');
}
