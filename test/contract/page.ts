import { connect, type DialectName, type HttpOptions, type TransportKind, type WiremuxError } from '@wiremux/client';
import { dialectByName } from '@wiremux/client/dialects';
import { type JsonValue, toJsonForm } from '@wiremux/client/json';
import { connectShared } from '@wiremux/client/shared-worker';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import type { TestMux } from '../support/aborts.js';
import type { contract } from '../support/commands.js';
import { CONTRACT } from './cases.js';

declare global {
  interface Window {
    /** Runs the case of that number over such connections to the gateway at `url`; resolves with the JSON form of its result. */
    runCase(at: number, url: string, how: { dialect: DialectName; transport: TransportKind }): Promise<JsonValue>;
    /** The same over the connection of a shared worker. */
    runSharedCase(at: number, url: string): Promise<JsonValue>;
    /** Uploads so many bytes over HTTP; resolves with how many came, or the code of the error. */
    upload(size: number, url: string, http: HttpOptions): Promise<unknown>;
    /** Calls `elsewhere` and follows it; resolves with the JSON form of its values, or the error. */
    follow(url: string, name: string): Promise<JsonValue>;
  }
}

async function runCase(at: number, connectOne: () => TestMux): Promise<JsonValue> {
  const found = CONTRACT[at];
  if (found === undefined) throw new RangeError(`There is no case ${at}.`);
  const open: TestMux[] = [];
  const connectAnother = (): TestMux => {
    const mux = connectOne();
    open.push(mux);
    return mux;
  };
  try {
    return toJsonForm(await found.run(connectAnother(), connectAnother));
  } finally {
    for (const mux of open) mux.close();
  }
}

window.runCase = (at, url, { dialect, transport }) => {
  const options = { dialects: [dialectByName(dialect)], transport, reconnect: false } as const;
  return runCase(at, () => connect<typeof contract>(url, options));
};

window.runSharedCase = (at, url) => {
  const openWorker = () => new SharedWorker('/worker.js', { type: 'module' });
  return runCase(at, () => connectShared<typeof contract>(openWorker, url, { reconnect: false }));
};

window.upload = async (size, url, http) => {
  const mux = connect(url, { transport: 'http', http, reconnect: false });
  try {
    return await firstValueFrom(mux.call('measure', {}, { data: new Uint8Array(size) }));
  } catch (error) {
    return (error as WiremuxError).code;
  } finally {
    mux.close();
  }
};

window.follow = async (url, name) => {
  const mux = connect(url, { reconnect: false });
  try {
    const redirect = { targets: ['files'], follow: true };
    return toJsonForm(await lastValueFrom(mux.call('elsewhere', { name }, { redirect }).pipe(toArray())));
  } catch (error) {
    const { code, message } = error as WiremuxError;
    return [code, message];
  } finally {
    mux.close();
  }
};
