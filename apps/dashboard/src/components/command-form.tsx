import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { type Draft, initialDraft, readDraft } from '../form/read.js';
import { fieldsOf } from '../form/schema.js';
import type { CommandInfo } from '../state/capabilities.js';
import { FieldInput } from './field-input.jsx';
import { usePage } from './page-context.js';

/** The arguments of a command, and the button that runs it. */
export function CommandForm({ command }: { readonly command: CommandInfo }): JSX.Element {
  const { runs, capabilities } = usePage();
  const fields = useMemo(() => fieldsOf(command.args), [command]);
  const draft = useSignal<Draft>(initialDraft(fields));
  const faults = useSignal<Readonly<Record<string, string>>>({});
  const form = useRef<HTMLFormElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const redirect = useRef<HTMLInputElement>(null);
  const targets = capabilities.value?.redirects ?? [];

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const reading = readDraft(fields, draft.value);
    faults.value = reading.ok ? {} : reading.faults;
    if (reading.ok) {
      runs.start({
        command: command.name,
        args: reading.args,
        file: file.current?.files?.[0],
        targets: redirect.current?.checked === true ? targets : [],
      });
      return;
    }
    const first = fields.find(({ name }) => Object.hasOwn(reading.faults, name));
    const inputs = form.current?.elements;
    const input = first === undefined ? undefined : inputs?.namedItem(inputNameOf(first.name));
    if (input instanceof HTMLElement) input.focus();
  };

  /** A command that wants to know how much data comes has the argument `size`: the page knows, so it fills it in. */
  const tellSize = ({ files }: HTMLInputElement): void => {
    if (!fields.some(({ kind, name }) => kind === 'number' && name === 'size')) return;
    draft.value = { ...draft.value, size: String(files?.[0]?.size ?? 0) };
  };

  return (
    <form ref={form} noValidate autoComplete="off" data-testid="command-form" onSubmit={submit}>
      {fields.map((field) => (
        <FieldInput
          key={field.name}
          field={field}
          inputName={inputNameOf(field.name)}
          typed={draft.value[field.name] ?? ''}
          fault={faults.value[field.name]}
          onType={(typed) => {
            draft.value = { ...draft.value, [field.name]: typed };
          }}
        />
      ))}
      {command.takesData && (
        <div class="field">
          <label for="command-file">Data</label>
          <input
            id="command-file"
            ref={file}
            type="file"
            data-testid="file-input"
            aria-describedby="command-file-about"
            onChange={(event) => tellSize(event.currentTarget)}
          />
          <p id="command-file-about" class="field-description">
            A file to stream to the command; none sends no data.
          </p>
        </div>
      )}
      {targets.length > 0 && (
        <div class="field">
          <label>
            <input ref={redirect} type="checkbox" data-testid="accept-redirect" /> Accept a redirect
          </label>
          <p class="field-description">The answer may then be an address at {targets.join(', ')}.</p>
        </div>
      )}
      <button type="submit" class="primary" data-testid="run-button">
        Run
      </button>
    </form>
  );
}

function inputNameOf(field: string): string {
  return `arg:${field}`;
}
