// Copies a short text. The tick stays a moment, and screen readers hear of it by the toast.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import { IconButton } from "./button";
import css from "./button.module.css";
import { cx } from "./cx";
import { toast } from "./toast";

const shownFor = 1500;

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("copy.done"));
    return true;
  } catch {
    toast(t("copy.failed"), { tone: "error" });
    return false;
  }
}

export function CopyButton({ text, what }: { text: string; what: string }): JSX.Element {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), shownFor);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <IconButton
      icon={done ? "check" : "copy"}
      size={15}
      label={t("copy.what", { what })}
      class={cx(css.tiny, done && css.done)}
      onClick={() => void copyText(text).then(setDone)}
    />
  );
}
