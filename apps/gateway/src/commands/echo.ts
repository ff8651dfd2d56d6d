import { type CommandSet, command, defineCommands, implement } from '@wiremux/server';

const contract = defineCommands({
  echo: command({ about: 'Yields its arguments, once.', restartable: true }),
});

export const echoCommands: CommandSet = implement(contract, { echo: (args) => args });
