// A secret that can be written and never read: what is there shows its last four characters, and a button to replace it.
import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { t } from "../i18n";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import css from "./channels.module.css";

interface Props {
  label: string;
  hint?: string | undefined;
  last4: string | undefined;
  value: string;
  onInput: (value: string) => void;
  required?: boolean;
  problem?: string | undefined;
}

export function SecretField({ label, hint, last4, value, onInput, required, problem }: Props): JSX.Element {
  const [replacing, setReplacing] = useState(false);
  const id = useId();
  if (last4 !== undefined && !replacing) {
    return (
      <div class={css.secret}>
        <span id={id} class={css.secretLabel}>
          {label}
        </span>
        <span class={css.secretRow}>
          <code dir="ltr">
            <span class="sr">{t("secret.ends")} </span>
            <span aria-hidden="true">••••</span>
            {last4}
          </code>
          <Button small aria-describedby={id} onClick={() => setReplacing(true)}>
            {t("secret.replace")}
          </Button>
        </span>
      </div>
    );
  }
  return (
    <div class={css.secretRow}>
      <div class={css.grow}>
        <Field
          type="password"
          autocomplete="off"
          label={label}
          hint={hint}
          required={required ?? false}
          autofocus={replacing}
          maxLength={2000}
          value={value}
          problem={problem}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      </div>
      {replacing && (
        <Button
          small
          look="quiet"
          onClick={() => {
            onInput("");
            setReplacing(false);
          }}
        >
          {t("action.cancel")}
        </Button>
      )}
    </div>
  );
}
