import type { StandardSchemaV1 } from '@standard-schema/spec';

/** Arguments travel as one map from names to values, so a schema of arguments takes an object. */
export type ArgsSchema = StandardSchemaV1<object, unknown>;

/** Arguments of a command that has no schema for them: any map, passed on as it came. */
export type AnyArgs = StandardSchemaV1<Readonly<Record<string, unknown>>>;

/**
 * What one command takes and yields. Handlers and clients infer their types from it, so a client imports the contract's
 * type only and needs none of its code.
 */
export interface Command<
  Args extends ArgsSchema = ArgsSchema,
  Value extends StandardSchemaV1 = StandardSchemaV1,
  TakesData extends boolean = boolean,
> {
  /** Validates the arguments of every request; undefined: any map is taken. */
  readonly args: Args | undefined;
  /** Types the values of the answer. It is not run: values go out as the handler gives them. */
  readonly yields: Value | undefined;
  /** Whether requests may bring data; one that does, where this is false, is refused. */
  readonly takesData: TakesData;
  /** Channel of the answers, unless the request asks for another; undefined: `default` (SPEC 8.12). */
  readonly channel: string | undefined;
  /** Its answers are never compressed: for secrets beside text that somebody else chose (SPEC 4.12). */
  readonly plain: boolean;
  /**
   * Running it again is harmless: a caller that has lost the answer with the session may ask once more, and says so with
   * the option `restart` of its client.
   */
  readonly restartable: boolean;
  /** One sentence for people; empty if there is none. */
  readonly about: string;
}

/** What {@link command} takes; leave out what does not apply. */
export interface CommandOptions<Args extends ArgsSchema, Value extends StandardSchemaV1, TakesData extends boolean> {
  readonly args?: Args;
  readonly yields?: Value;
  readonly takesData?: TakesData;
  readonly channel?: string;
  readonly plain?: boolean;
  readonly restartable?: boolean;
  readonly about?: string;
}

/** Contracts by the names of their commands. */
export type Commands = Readonly<Record<string, Command>>;

/** What a caller passes: the schema's input, so fields with a default may be left out. */
export type ArgsInput<C extends Command> = StandardSchemaV1.InferInput<NonNullable<C['args']>>;

/** What a handler gets: the schema's output, with defaults and transformations applied. */
export type ArgsOutput<C extends Command> = StandardSchemaV1.InferOutput<NonNullable<C['args']>>;

/** One value of the answer. */
export type Yields<C extends Command> = StandardSchemaV1.InferOutput<NonNullable<C['yields']>>;

/** The most bytes of a command's name, in UTF-8. */
const NAME_BYTES = 255;
/** The most bytes of a channel's name (SPEC 8.11.1). */
const CHANNEL_BYTES = 64;
/** The channel that carries the protocol's own frames and takes no answers (SPEC 8.11.1). */
const CONTROL_CHANNEL = 'control';

/**
 * Makes the contract of one command. Schemas may be of any library that speaks Standard Schema (zod, valibot, arktype).
 * @throws {TypeError} if the channel's name is empty, longer than 64 bytes or `control`
 */
export function command<
  Args extends ArgsSchema = AnyArgs,
  Value extends StandardSchemaV1 = StandardSchemaV1,
  TakesData extends boolean = false,
>(options: CommandOptions<Args, Value, TakesData> = {}): Command<NoInfer<Args>, NoInfer<Value>, NoInfer<TakesData>> {
  const {
    args,
    yields,
    takesData = false as TakesData,
    channel,
    plain = false,
    restartable = false,
    about = '',
  } = options;
  if (channel !== undefined) checkChannel(channel);
  return { args, yields, takesData, channel, plain, restartable, about };
}

/**
 * Names the commands of a contract; returns what it was given, with its exact type.
 * @throws {TypeError} if a name is empty or longer than 255 bytes
 */
export function defineCommands<const C extends Commands>(commands: C): C {
  for (const name of Object.keys(commands)) checkName(name);
  return commands;
}

function checkName(name: string): void {
  if (name === '') throw new TypeError('The name of a command must not be empty.');
  if (byteLength(name) > NAME_BYTES) {
    throw new TypeError(`The name of the command \`${name.slice(0, 40)}…\` is longer than ${NAME_BYTES} bytes.`);
  }
}

function checkChannel(channel: string): void {
  if (channel === CONTROL_CHANNEL) throw new TypeError('The channel `control` takes no answers: name another.');
  const size = byteLength(channel);
  if (size === 0 || size > CHANNEL_BYTES) {
    throw new TypeError(
      `The name of a channel has 1 to ${CHANNEL_BYTES} bytes; \`${channel.slice(0, 40)}\` has ${size}.`,
    );
  }
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
