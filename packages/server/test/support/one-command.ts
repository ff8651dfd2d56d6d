import { implement } from '../../src/command-set.js';
import { command, defineCommands } from '../../src/contract.js';
import type { CommandContext } from '../../src/handler.js';
import { type Rig, type RigOptions, serve } from './rig.js';
import type { TestCall } from './test-client.js';

export type AnyHandler = (args: Readonly<Record<string, unknown>>, context: CommandContext) => unknown;

/** Serves one command, `run`, which takes any arguments and data. */
export function serveOne(handler: AnyHandler, options?: RigOptions): Promise<Rig> {
  const commands = defineCommands({ run: command({ takesData: true }) });
  return serve(implement(commands, { run: handler }), options);
}

/** What one call of a command with this handler is told. */
export async function answerOf(handler: AnyHandler, args: Readonly<Record<string, unknown>> = {}): Promise<TestCall> {
  const { client, clock } = await serveOne(handler);
  const call = client.call('run', args);
  await clock.settle();
  return call;
}

/** A promise to settle from outside. */
export class Deferred<T = void> {
  readonly promise: Promise<T>;
  resolve!: (value: T) => void;
  reject!: (error: unknown) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}
