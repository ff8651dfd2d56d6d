import { expect, it } from 'vitest';
import { implement } from '../src/command-set.js';
import { command, defineCommands } from '../src/contract.js';
import { serve } from './support/rig.js';

it('echoes', async () => {
  const commands = defineCommands({ echo: command({}) });
  const { client, clock, log } = await serve(implement(commands, { echo: (args) => args }));
  const call = client.call('echo', { a: 1 });
  await clock.settle();
  console.log(call, log);
  expect(call.values).toEqual([{ a: 1 }]);
  expect(call.end).toBe('ended');
});
