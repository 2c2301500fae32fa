// A picture by itself, with the way to keep it.
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import type { Attachment } from "../api/types";
import { t } from "../i18n";
import { bytes } from "../i18n/formats";
import { Dialog } from "../ui/dialog";
import css from "./lightbox.module.css";

export const lightbox = signal<Attachment | undefined>(undefined);

export function Lightbox(): JSX.Element | null {
  const file = lightbox.value;
  if (!file) return null;
  const close = () => {
    lightbox.value = undefined;
  };
  return (
    <Dialog title={file.name} onClose={close} wide>
      <figure class={css.figure}>
        <img src={file.url} alt={file.name} width={file.width} height={file.height} />
        <figcaption>
          <span>{bytes(file.size)}</span>
          <a href={file.url} target="_blank" rel="noopener noreferrer" download={file.name}>
            {t("action.download")}
          </a>
        </figcaption>
      </figure>
    </Dialog>
  );
}
