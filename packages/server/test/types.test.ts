import type { Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { ClientCaller, DataCallOptions } from '../src/client-caller.js';
import { implement } from '../src/command-set.js';
import { type ArgsInput, type ArgsOutput, command, defineCommands, type Yields } from '../src/contract.js';
import type { CommandContext, Handler, Handlers, Progress } from '../src/handler.js';
import type { ByteStream, EncodedValue } from '../src/index.js';

const commands = defineCommands({
  count: command({ args: z.object({ to: z.number(), every: z.number().default(1) }), yields: z.number() }),
  digest: command({
    args: z.object({ algorithm: z.string() }),
    takesData: true,
    channel: 'bulk',
    yields: z.object({ digest: z.string() }),
  }),
  echo: command({ about: 'Sends its arguments back.' }),
});
type Contract = typeof commands;

describe('types of a contract', () => {
  it('tell what a caller passes and what a handler gets', () => {
    expectTypeOf<ArgsInput<Contract['count']>>().toEqualTypeOf<{ to: number; every?: number | undefined }>();
    expectTypeOf<ArgsOutput<Contract['count']>>().toEqualTypeOf<{ to: number; every: number }>();
    expectTypeOf<ArgsInput<Contract['echo']>>().toEqualTypeOf<Readonly<Record<string, unknown>>>();
  });

  it('tell what an answer holds', () => {
    expectTypeOf<Yields<Contract['count']>>().toEqualTypeOf<number>();
    expectTypeOf<Yields<Contract['digest']>>().toEqualTypeOf<{ digest: string }>();
    expectTypeOf<Yields<Contract['echo']>>().toEqualTypeOf<unknown>();
  });

  it('tell whether data is taken', () => {
    expectTypeOf<Contract['digest']['takesData']>().toEqualTypeOf<true>();
    expectTypeOf<Contract['count']['takesData']>().toEqualTypeOf<false>();
  });

  it('hold arguments to be objects', () => {
    // @ts-expect-error arguments travel as a map
    command({ args: z.string() });
  });
});

describe('types of a handler', () => {
  type Count = Handler<Contract['count']>;

  it('infer arguments and context', () => {
    implement(commands, {
      count: ({ to, every }, context) => {
        expectTypeOf(to).toEqualTypeOf<number>();
        expectTypeOf(every).toEqualTypeOf<number>();
        expectTypeOf(context).toEqualTypeOf<CommandContext>();
        return to;
      },
      digest: async ({ algorithm }, { data }) => {
        expectTypeOf(data).toEqualTypeOf<AsyncIterable<Uint8Array>>();
        return { digest: algorithm };
      },
      echo: (args) => args,
    });
  });

  it('take every form of an answer', () => {
    expectTypeOf<() => number>().toExtend<Count>();
    expectTypeOf<() => Promise<number>>().toExtend<Count>();
    expectTypeOf<() => AsyncGenerator<number>>().toExtend<Count>();
    expectTypeOf<() => Generator<number>>().toExtend<Count>();
    expectTypeOf<() => Observable<number>>().toExtend<Count>();
    expectTypeOf<() => Promise<AsyncIterable<number>>>().toExtend<Count>();
    expectTypeOf<() => undefined>().toExtend<Count>();
    const handlers: Pick<Handlers<Contract>, 'count' | 'echo'> = {
      count: async function* ({ to }) {
        yield to;
      },
      echo: async () => {},
    };
    expectTypeOf(handlers).not.toBeAny();
  });

  it('take values that are encoded already, and byte streams for bytes only', () => {
    const file = command({ yields: z.union([z.string(), z.instanceof(Uint8Array)]) });
    type File = Handler<typeof file>;
    expectTypeOf<() => ByteStream>().toExtend<File>();
    expectTypeOf<() => AsyncGenerator<string | ByteStream | Uint8Array<ArrayBuffer>>>().toExtend<File>();
    expectTypeOf<() => EncodedValue>().toExtend<Count>();
    expectTypeOf<() => Generator<EncodedValue | number>>().toExtend<Count>();
    expectTypeOf<() => ByteStream>().not.toExtend<Count>();
    expectTypeOf<CommandContext['progress']>().toEqualTypeOf<Progress>();
    expectTypeOf<Progress['end']>().toEqualTypeOf<(topic: string) => void>();
  });

  it('refuse other values', () => {
    expectTypeOf<() => string>().not.toExtend<Count>();
    expectTypeOf<() => Promise<string>>().not.toExtend<Count>();
    expectTypeOf<() => AsyncGenerator<string>>().not.toExtend<Count>();
    expectTypeOf<() => Observable<string>>().not.toExtend<Count>();
  });

  it('ask for a handler of every command', () => {
    // @ts-expect-error echo and digest are missing
    expectTypeOf<{ count: Count }>().toExtend<Handlers<Contract>>();
  });
});

describe('types of calls of a client', () => {
  const page = (caller: ClientCaller): ClientCaller<Contract> => caller.as<Contract>();

  it('infer values from the contract of the page', () => {
    const values = (caller: ClientCaller) => page(caller).call('count', { to: 3 });
    expectTypeOf(values).returns.toEqualTypeOf<Observable<number>>();
    const rows = (caller: ClientCaller) => page(caller).iterate('digest', { algorithm: 'sha256' });
    expectTypeOf(rows).returns.toEqualTypeOf<AsyncIterable<{ digest: string }>>();
  });

  it('hold arguments, data and names to it', () => {
    const calls = (caller: ClientCaller) => {
      // @ts-expect-error `to` is required
      page(caller).call('count');
      // @ts-expect-error no such command
      page(caller).call('cuont', { to: 3 });
      // @ts-expect-error `count` takes no data
      page(caller).call('count', { to: 3 }, { data: new Uint8Array(1) });
      page(caller).call('digest', { algorithm: 'sha256' }, { data: new Uint8Array(1), deadline: 5 });
    };
    expectTypeOf(calls).returns.toBeVoid();
    expectTypeOf<Parameters<ClientCaller<Contract>['call']>[2]>().toExtend<DataCallOptions | undefined>();
  });

  it('are any arguments and unknown values without a contract', () => {
    const values = (caller: ClientCaller) => caller.call('anything', { at: 'all' });
    expectTypeOf(values).returns.toEqualTypeOf<Observable<unknown>>();
  });
});
