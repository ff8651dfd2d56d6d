import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { CommandForm } from './command-form.jsx';
import { usePage } from './page-context.js';

/** Where a command is chosen and run. */
export function CommandPanel(): JSX.Element {
  const { capabilities } = usePage();
  const wanted = useSignal('');
  const command = useComputed(() => {
    const commands = capabilities.value?.commands ?? [];
    return commands.find(({ name }) => name === wanted.value) ?? commands[0];
  });
  return (
    <section id="command" class="section" aria-labelledby="command-title">
      <header class="section-header">
        <h2 id="command-title">Run a command</h2>
      </header>
      <div class="panel command-panel">
        {command.value === undefined ? (
          <p class="empty">The list of commands comes with the connection.</p>
        ) : (
          <>
            <div class="field">
              <label for="command-select">Command</label>
              <select
                id="command-select"
                data-testid="command-select"
                value={command.value.name}
                onChange={(event) => {
                  wanted.value = event.currentTarget.value;
                }}
              >
                {capabilities.value?.commands.map(({ name }) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </select>
              {command.value.about !== '' && <p class="field-description">{command.value.about}</p>}
            </div>
            <CommandForm key={command.value.name} command={command.value} />
          </>
        )}
      </div>
    </section>
  );
}
