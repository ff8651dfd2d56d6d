import { type ConnectOptions, connect } from '@wiremux/client';
import { type JsonValue, toJsonForm } from '@wiremux/client/json';
import type { TestMux } from '../support/aborts.js';
import { CONTRACT } from './cases.js';

declare global {
  interface Window {
    /** Runs the case of that number over such connections to the gateway at `url`; resolves with the JSON form of its result. */
    runCase(at: number, url: string, options: ConnectOptions): Promise<JsonValue>;
  }
}

window.runCase = async (at, url, options) => {
  const found = CONTRACT[at];
  if (found === undefined) throw new RangeError(`There is no case ${at}.`);
  const open: TestMux[] = [];
  const connectOne = (): TestMux => {
    const mux = connect(url, { ...options, reconnect: false }) as unknown as TestMux;
    open.push(mux);
    return mux;
  };
  try {
    return toJsonForm(await found.run(connectOne(), connectOne));
  } finally {
    for (const mux of open) mux.close();
  }
};
