import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { Field } from '../form/schema.js';

export interface FieldInputProps {
  readonly field: Field;
  /** Name of the input in its form. */
  readonly inputName: string;
  readonly typed: string;
  /** What is wrong with what was typed. */
  readonly fault: string | undefined;
  readonly onType: (typed: string) => void;
}

/** What every input of a field shares. */
interface InputProps {
  readonly id: string;
  readonly name: string;
  readonly required: boolean;
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string;
  readonly 'data-testid': string;
}

/** A field's label, input, description and fault. */
export function FieldInput({ field, inputName, typed, fault, onType }: FieldInputProps): JSX.Element {
  const id = useId();
  const shared: InputProps = {
    id,
    name: inputName,
    required: field.required,
    'aria-invalid': fault !== undefined,
    'aria-describedby': `${id}-about ${id}-fault`,
    'data-testid': `field-${field.name || 'rest'}`,
  };
  return (
    <div class={`field field-${field.kind}`}>
      <label for={id}>
        {field.label}
        {field.required && <span class="field-required"> required</span>}
      </label>
      <Input field={field} shared={shared} typed={typed} onType={onType} />
      <p id={`${id}-about`} class="field-description">
        {[field.description, hintOf(field)].filter((text) => text !== '').join(' ')}
      </p>
      <p id={`${id}-fault`} class="field-fault" role="alert">
        {fault}
      </p>
    </div>
  );
}

interface TypedProps {
  readonly field: Field;
  readonly shared: InputProps;
  readonly typed: string;
  readonly onType: (typed: string) => void;
}

function Input({ field, shared, typed, onType }: TypedProps): JSX.Element {
  const change = (event: { readonly currentTarget: { readonly value: string } }): void =>
    onType(event.currentTarget.value);
  switch (field.kind) {
    case 'number':
      return (
        <input
          {...shared}
          type="number"
          inputMode={field.isInteger ? 'numeric' : 'decimal'}
          step={field.isInteger ? 1 : 'any'}
          min={field.min}
          max={field.max}
          value={typed}
          onInput={change}
        />
      );
    case 'text':
      return <input {...shared} type="text" spellcheck={false} value={typed} onInput={change} />;
    case 'boolean':
      if (field.isOptional) {
        return (
          <select {...shared} value={typed} onChange={change}>
            <option value="">not set</option>
            <option value="true">true</option>
            <option value="false">false</option>
          </select>
        );
      }
      return (
        <input
          {...shared}
          type="checkbox"
          checked={typed === 'true'}
          onChange={(event) => onType(String(event.currentTarget.checked))}
        />
      );
    case 'choice':
      return (
        <select {...shared} value={typed} onChange={change}>
          <option value="">not set</option>
          {field.choices.map(({ label }, index) => (
            <option key={label} value={String(index)}>
              {label}
            </option>
          ))}
        </select>
      );
    case 'json':
    case 'rest':
      return (
        <textarea
          {...shared}
          rows={3}
          spellcheck={false}
          value={typed}
          placeholder={placeholderOf(field)}
          onInput={change}
        />
      );
  }
}

function placeholderOf({ kind }: Field): string {
  return kind === 'rest' ? '{"key": "value"}' : 'JSON';
}

function hintOf(field: Field): string {
  switch (field.kind) {
    case 'number':
      return rangeHint(field.min, field.max);
    case 'json':
    case 'rest':
      return 'What JSON lacks: {"$bytes":"<base64>"}, {"$int":"…"}, {"$float":"NaN"}, {"$map":[[k, v]]}.';
    default:
      return '';
  }
}

function rangeHint(min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return `${min} to ${max}.`;
  if (min !== undefined) return `At least ${min}.`;
  return max === undefined ? '' : `At most ${max}.`;
}
