// A modal dialog on the native element: the browser traps focus, makes the rest inert, and gives focus back.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../i18n";
import { IconButton } from "./button";
import { cx } from "./cx";
import css from "./dialog.module.css";

interface Props {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  /** The title is read out but not shown. */
  bare?: boolean;
  wide?: boolean;
  /** For two columns. */
  broad?: boolean;
  /** Neither Escape nor a click beside it closes a dialog that has to be answered. */
  stays?: boolean;
}

export function Dialog({ title, onClose, children, bare, wide, broad, stays }: Props): JSX.Element {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      class={cx(css.dialog, wide && css.wide, broad && css.broad, bare && css.bare)}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (!stays) onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === ref.current && !stays) onClose();
      }}
    >
      <div class={css.body}>
        {bare ? (
          <h2 id={id} class="sr">
            {title}
          </h2>
        ) : (
          <header class={css.head}>
            <h2 id={id}>{title}</h2>
            {!stays && <IconButton icon="close" label={t("action.close")} onClick={onClose} />}
          </header>
        )}
        {children}
      </div>
    </dialog>
  );
}
