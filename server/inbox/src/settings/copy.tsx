// Something to copy: a snippet, a link, a secret.
import type { JSX } from "preact";
import { t } from "../i18n";
import { Button } from "../ui/button";
import { toast } from "../ui/toast";
import css from "./settings.module.css";

export function Copy({ text, label }: { text: string; label: string }): JSX.Element {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      toast(t("copy.done"));
    } catch {
      toast(t("copy.failed"), { tone: "error" });
    }
  };
  return (
    <div class={css.code}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long text scrolls and is selected by keyboard */}
      <pre role="group" aria-label={label} tabIndex={0} dir="ltr">
        {text}
      </pre>
      <div class={`${css.actions} ${css.end}`}>
        <Button small icon="copy" onClick={() => void copy()}>
          {t("action.copy")}
        </Button>
      </div>
    </div>
  );
}

/** A secret that the server shows this once. */
export function Once({ text, label }: { text: string; label: string }): JSX.Element {
  return (
    <div class={css.once}>
      <p>{t("secret.once")}</p>
      <Copy text={text} label={label} />
    </div>
  );
}

/** One line to copy into another site's form, under its name there. */
export function CopyLine({ text, label }: { text: string; label: string }): JSX.Element {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      toast(t("copy.done"));
    } catch {
      toast(t("copy.failed"), { tone: "error" });
    }
  };
  return (
    <div class={css.copyLine}>
      <span class={css.copyLabel}>{label}</span>
      <code dir="ltr">{text}</code>
      <Button small icon="copy" aria-label={t("copy.what", { what: label })} onClick={() => void copy()}>
        {t("action.copy")}
      </Button>
    </div>
  );
}
