// A labelled input with its hint and its problem, tied together for screen readers.
import type { ComponentChildren, JSX, TargetedInputEvent } from "preact";
import { useId } from "preact/hooks";
import { cx } from "./cx";
import css from "./field.module.css";
import { Icon } from "./icons";

interface Props {
  type?: "text" | "email" | "password";
  value: string;
  onInput?: (event: TargetedInputEvent<HTMLInputElement>) => void;
  autocomplete?: string;
  autofocus?: boolean;
  required?: boolean;
  disabled?: boolean;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  placeholder?: string;
  dir?: "ltr" | "auto";
  label: string;
  hint?: string | undefined;
  problem?: string | undefined;
}

export function Field({ label, hint, problem, ...rest }: Props): JSX.Element {
  const id = useId();
  return (
    <Labelled id={id} label={label} hint={hint} problem={problem}>
      <input
        {...(rest as JSX.IntrinsicElements["input"])}
        id={id}
        class={css.input}
        aria-invalid={problem ? true : undefined}
        aria-describedby={describedBy(id, hint, problem)}
      />
    </Labelled>
  );
}

interface AreaProps {
  value: string;
  onInput: (event: TargetedInputEvent<HTMLTextAreaElement>) => void;
  required?: boolean;
  maxLength?: number;
  placeholder?: string;
  spellcheck?: boolean;
  dir?: "ltr" | "auto";
  lang?: string;
  label: string;
  hint?: string | undefined;
  problem?: string | undefined;
}

export function Area({ label, hint, problem, ...rest }: AreaProps): JSX.Element {
  const id = useId();
  return (
    <Labelled id={id} label={label} hint={hint} problem={problem}>
      <textarea
        {...rest}
        id={id}
        class={cx(css.input, css.area)}
        aria-invalid={problem ? true : undefined}
        aria-describedby={describedBy(id, hint, problem)}
      />
    </Labelled>
  );
}

interface SelectProps {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
  hint?: string;
  disabled?: boolean;
  hideLabel?: boolean;
}

export function Select({
  label,
  value,
  options,
  onChange,
  hint,
  disabled,
  hideLabel,
}: SelectProps): JSX.Element {
  const id = useId();
  const select = (
    <select
      id={id}
      class={cx(css.input, css.select)}
      value={value}
      disabled={disabled}
      aria-label={hideLabel ? label : undefined}
      aria-describedby={describedBy(id, hint, undefined)}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
  if (hideLabel) return select;
  return (
    <Labelled id={id} label={label} hint={hint} problem={undefined}>
      {select}
    </Labelled>
  );
}

interface CheckProps {
  label: string;
  hint?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

export function Check({ label, hint, checked, onChange }: CheckProps): JSX.Element {
  const id = useId();
  return (
    <label class={css.check} for={id}>
      <input
        id={id}
        type="checkbox"
        checked={checked}
        aria-describedby={describedBy(id, hint, undefined)}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>
        {label}
        {hint && (
          <span id={`${id}-hint`} class={css.hint}>
            {hint}
          </span>
        )}
      </span>
    </label>
  );
}

function Labelled(props: {
  id: string;
  label: string;
  hint: string | undefined;
  problem: string | undefined;
  children: ComponentChildren;
}): JSX.Element {
  const { id, label, hint, problem, children } = props;
  return (
    <div class={css.field}>
      <label for={id}>{label}</label>
      {children}
      {hint && (
        <p id={`${id}-hint`} class={css.hint}>
          {hint}
        </p>
      )}
      {problem && (
        <p id={`${id}-problem`} class={css.problem}>
          <Icon name="warning" size={14} /> {problem}
        </p>
      )}
    </div>
  );
}

function describedBy(id: string, hint: string | undefined, problem: string | undefined): string | undefined {
  const ids = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ");
  return ids || undefined;
}
