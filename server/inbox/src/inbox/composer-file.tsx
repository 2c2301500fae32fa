// A file of the message being written: its picture or sign, how far its upload is, what went wrong.
import type { JSX } from "preact";
import { t } from "../i18n";
import { bytes } from "../i18n/formats";
import { problemText } from "../i18n/problems";
import { type Pending, removeUpload, retryUpload } from "../state/uploads";
import { IconButton } from "../ui/button";
import { cx } from "../ui/cx";
import { Icon } from "../ui/icons";
import css from "./composer.module.css";

export function FileChip({
  file,
  shop,
  conversation,
}: {
  file: Pending;
  shop: string;
  conversation: string;
}): JSX.Element {
  return (
    <li class={cx(css.file, file.problem && css.bad)}>
      {file.preview ? (
        <img src={file.preview} alt="" width={34} height={34} />
      ) : (
        <span class={css.glyph}>
          <Icon name="file" />
        </span>
      )}
      <span class={css.fileText}>
        <bdi>{file.name}</bdi>
        <span class={css.state}>
          {file.problem ? (
            problemText(file.problem)
          ) : file.attachment ? (
            bytes(file.size)
          ) : (
            <progress
              value={file.progress}
              max={1}
              aria-label={t("composer.uploading", { name: file.name })}
            />
          )}
        </span>
      </span>
      {file.problem && file.problem !== "too_large" && (
        <IconButton
          icon="refresh"
          size={16}
          label={t("action.retry")}
          onClick={() => retryUpload(shop, conversation, file.key)}
        />
      )}
      <IconButton
        icon="close"
        size={16}
        label={t("composer.remove", { name: file.name })}
        onClick={() => removeUpload(conversation, file.key)}
      />
    </li>
  );
}
