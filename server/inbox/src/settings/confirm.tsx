import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../i18n";
import { failureText } from "../i18n/problems";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import css from "./settings.module.css";

interface Props {
  title: string;
  text: string;
  confirm: string;
  run: () => Promise<void>;
  onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ title, text, confirm, run, onClose }: Props): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const go = async () => {
    setBusy(true);
    try {
      await run();
      onClose();
    } catch (error) {
      setProblem(failureText(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p class={css.lead}>{text}</p>
      {problem && (
        <p class={css.problem} role="alert">
          {problem}
        </p>
      )}
      <div class={`${css.actions} ${css.end}`}>
        <Button look="quiet" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button look="danger" busy={busy} onClick={() => void go()}>
          {confirm}
        </Button>
      </div>
    </Dialog>
  );
}
