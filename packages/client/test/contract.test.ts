import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { AnswerPart } from '../src/answer-parts.js';
import type { Mux } from '../src/client.js';
import { preEncoded } from '../src/index.js';
import type { RequestHandle } from '../src/request-handle.js';
import { TestGateway } from './support/gateway.js';

interface Metrics {
  readonly seq: number;
}

/** A contract as `defineCommands` of the server makes it. */
interface Contract {
  readonly 'host.metrics': {
    readonly args: StandardSchemaV1<{ every: number }, { every: number }> | undefined;
    readonly yields: StandardSchemaV1<Metrics> | undefined;
    readonly takesData: false;
    readonly about: string;
  };
  readonly rows: {
    readonly args: StandardSchemaV1<{ count?: number | undefined }, { count: number }>;
    readonly yields: StandardSchemaV1<string, Date>;
  };
  readonly digest: {
    readonly args?: StandardSchemaV1<{ algorithm: string }>;
    readonly yields?: StandardSchemaV1<{ digest: string }>;
    readonly takesData?: true;
  };
  readonly stats: { readonly takesData: false; readonly about: string };
  readonly none: { readonly args: undefined; readonly yields: undefined; readonly takesData: boolean };
  readonly any: { readonly args: StandardSchemaV1<Readonly<Record<string, unknown>>> };
}
type Commands = { readonly [Name in keyof Contract]: Contract[Name] };

declare const typed: Mux<Commands>;
declare const untyped: Mux;

/** Compiled, never run: what is checked here is types. */
function ofTyped(): void {
  expectTypeOf(typed.call('host.metrics', { every: 1 })).toEqualTypeOf<Observable<Metrics>>();
  expectTypeOf(typed.iterate('host.metrics', { every: 1 })).toEqualTypeOf<AsyncIterable<Metrics>>();
  expectTypeOf(typed.request('host.metrics', { every: 1 })).toEqualTypeOf<RequestHandle<Metrics>>();
  expectTypeOf(typed.request('host.metrics', { every: 1 }).values$).toEqualTypeOf<Observable<Metrics>>();
  typed.call('host.metrics', { every: preEncoded(Uint8Array.of(1)) });
  expectTypeOf(typed.request('rows').bytes$).toEqualTypeOf<Observable<Uint8Array>>();
  expectTypeOf(typed.request('rows').parts()).toEqualTypeOf<AsyncIterableIterator<AnswerPart<Date>, undefined>>();
  // @ts-expect-error: a required argument is missing
  typed.call('host.metrics');
  // @ts-expect-error: an argument is of the wrong type
  typed.call('host.metrics', { every: '1' });
  // @ts-expect-error: there is no such argument
  typed.call('host.metrics', { every: 1, never: 1 });
  // @ts-expect-error: there is no such command
  typed.call('host.metric', { every: 1 });

  expectTypeOf(typed.call('rows')).toEqualTypeOf<Observable<Date>>();
  typed.call('rows', { count: 1 });
  typed.call('rows', {}, { deadline: 1_000, signal: undefined });

  typed.call('digest', { algorithm: 'sha256' }, { data: new Uint8Array(1) });
  typed.call('digest', { algorithm: 'sha256' });
  // @ts-expect-error: this command takes no data
  typed.call('rows', {}, { data: new Uint8Array(1) });
  // @ts-expect-error: nor does this one
  typed.call('host.metrics', { every: 1 }, { data: new Uint8Array(1) });
  // @ts-expect-error: text is no bytes
  typed.call('digest', { algorithm: 'sha256' }, { data: 'text' });

  expectTypeOf(typed.call('stats')).toEqualTypeOf<Observable<unknown>>();
  typed.call('stats', {}, { channel: 'bulk' });
  // @ts-expect-error: this command takes no arguments
  typed.call('stats', { every: 1 });
  expectTypeOf(typed.call('none')).toEqualTypeOf<Observable<unknown>>();
  typed.call('none', {}, { data: [] });
  // @ts-expect-error: nor does this one
  typed.call('none', { every: 1 });
  typed.call('any');
  typed.call('any', { whatever: 1 });
}

function ofUntyped(): void {
  expectTypeOf(untyped.call('whatever')).toEqualTypeOf<Observable<unknown>>();
  expectTypeOf(untyped.iterate('whatever', { any: 1 })).toEqualTypeOf<AsyncIterable<unknown>>();
  untyped.call('whatever', { any: 1 }, { data: new Blob([]) });
  // @ts-expect-error: arguments have names
  untyped.call('whatever', 1);
}

describe('the types of a contract', () => {
  it('decide what a caller may pass and gets', () => {
    expectTypeOf(ofTyped).returns.toBeVoid();
    expectTypeOf(ofUntyped).returns.toBeVoid();
  });

  it('are given to connect()', async () => {
    const mux = await new TestGateway().open<Commands>();
    expectTypeOf(mux).toEqualTypeOf<Mux<Commands>>();
  });
});
