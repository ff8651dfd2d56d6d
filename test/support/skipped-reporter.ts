import type { Reporter, TestModule, TestSuite } from 'vitest/node';

/** Every outermost group or single test of `parent` that was skipped, by its full name. */
function skippedIn(parent: TestModule | TestSuite): string[] {
  const names: string[] = [];
  for (const child of parent.children) {
    if (child.type === 'suite') {
      names.push(...(child.options.mode === 'skip' ? [child.fullName] : skippedIn(child)));
    } else if (child.result().state === 'skipped') {
      names.push(child.fullName);
    }
  }
  return names;
}

/** Lists at the end what was skipped, by name: the name says what is missing and which command installs it. */
export class SkippedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const names = modules.flatMap((module) => skippedIn(module).map((name) => `  ${module.relativeModuleId}: ${name}`));
    if (names.length > 0) process.stdout.write(`\nSkipped:\n${names.join('\n')}\n`);
  }
}
