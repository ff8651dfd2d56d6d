import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe } from 'vitest';

/** A program of the system that a group of tests drives. */
interface Component {
  /** Environment variable that names the executable, before any search. */
  readonly variable: string;
  /** Names to look for on the `PATH`, best first. */
  readonly commands: readonly string[];
  /** Absolute places to look at after the `PATH`. */
  readonly places: readonly string[];
  /** Arguments with which the executable ends well if it is the right one: a module of its language may be what counts. */
  readonly probe?: readonly string[];
  /** The command that installs it on Debian and Ubuntu. */
  readonly install: string;
}

const COMPONENTS = {
  chromium: {
    variable: 'CHROMIUM_PATH',
    commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    places: [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ],
    install: 'apt-get install -y chromium',
  },
  'nats-server': {
    variable: 'NATS_SERVER_PATH',
    commands: ['nats-server'],
    places: ['/usr/sbin/nats-server'],
    install: 'apt-get install -y nats-server',
  },
  mercurial: {
    variable: 'MERCURIAL_PYTHON',
    commands: ['python3'],
    places: ['/usr/bin/python3'],
    probe: ['-c', 'from mercurial import wireprotoframing'],
    install: 'apt-get install -y --no-install-recommends mercurial',
  },
} as const satisfies Readonly<Record<string, Component>>;

/** The name of a component tests may need. */
export type ComponentName = keyof typeof COMPONENTS;

function endsWell(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The component's executable: from its environment variable, the `PATH`, or its usual places; `undefined` if absent. */
function findComponent(name: ComponentName): string | undefined {
  const { variable, commands, places, probe }: Component = COMPONENTS[name];
  const named = process.env[variable];
  if (named) return named;
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = commands.flatMap((command) => folders.map((folder) => join(folder, command)));
  return [...candidates, ...places].find(
    (path) => isExecutable(path) && (probe === undefined || endsWell(path, probe)),
  );
}

/**
 * `describe` for tests that drive a component of the system. Where it is missing the group is reported as skipped,
 * its title saying what is missing and which command installs it; `body` then only declares its tests.
 */
export function describeWithComponent(name: ComponentName, title: string, body: (executable: string) => void): void {
  const executable = findComponent(name);
  const missing = executable === undefined;
  const fullTitle = missing ? `${title} [needs ${name}: ${COMPONENTS[name].install}]` : title;
  describe.skipIf(missing)(fullTitle, () => body(executable ?? name));
}
