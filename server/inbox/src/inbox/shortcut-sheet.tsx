import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { t } from "../i18n";
import { commandKey } from "../state/media";
import { enter } from "../state/prefs";
import { Dialog } from "../ui/dialog";
import css from "./shortcut-sheet.module.css";
import { shortcuts } from "./shortcuts";

export const sheetOpen = signal(false);

export function ShortcutSheet(): JSX.Element {
  const rows = [
    { keys: `${commandKey} K`, text: t("shortcut.commands") },
    { keys: enter.value === "sends" ? `↵ / ${commandKey} ↵` : `${commandKey} ↵`, text: t("shortcut.send") },
    ...shortcuts.map((one) => ({ keys: one.keys, text: t(one.says) })),
    { keys: "Esc", text: t("shortcut.escape") },
  ];
  return (
    <Dialog
      title={t("shortcuts.title")}
      wide
      onClose={() => {
        sheetOpen.value = false;
      }}
    >
      <dl class={css.sheet}>
        {rows.map((row) => (
          <div key={row.keys}>
            <dt>{row.text}</dt>
            <dd>
              {row.keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <p class={css.hint}>{t("shortcuts.hint")}</p>
    </Dialog>
  );
}
