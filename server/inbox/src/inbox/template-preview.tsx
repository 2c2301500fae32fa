// A template as the shopper will read it; open places show their names.
import type { JSX } from "preact";
import type { Template } from "../api/channels";
import { pieces, type Values } from "../channels/template";
import { t } from "../i18n";
import { cx } from "../ui/cx";
import { Icon, type IconName } from "../ui/icons";
import css from "./template-picker.module.css";

const buttonIcons: Record<string, IconName> = {
  url: "external",
  phone_number: "call",
  copy_code: "copy",
  quick_reply: "reply",
};

export function TemplatePreview({ template, values }: { template: Template; values: Values }): JSX.Element {
  return (
    <figure class={css.preview} aria-label={t("template.preview")}>
      <div class={css.bubble} dir="auto" lang={template.language.replace("_", "-")}>
        {template.header?.format === "text" && template.header.text && (
          <p class={css.header}>
            <Pieces part="header" text={template.header.text} values={values} />
          </p>
        )}
        {template.header && template.header.format !== "text" && (
          <p class={css.media}>
            <Icon name="image" size={16} /> {t("template.media", { format: template.header.format })}
          </p>
        )}
        <p class={css.body}>
          <Pieces part="body" text={template.body.text ?? ""} values={values} />
        </p>
        {template.footer && <p class={css.footer}>{template.footer}</p>}
      </div>
      {template.buttons && template.buttons.length > 0 && (
        <ul class={css.buttons}>
          {template.buttons.map((button, index) => (
            <li key={index} dir="auto">
              <Icon name={buttonIcons[button.kind] ?? "reply"} size={14} /> {button.text}
            </li>
          ))}
        </ul>
      )}
    </figure>
  );
}

function Pieces(props: { part: "header" | "body"; text: string; values: Values }): JSX.Element {
  return (
    <>
      {pieces(props.part, props.text, props.values).map((piece, index) =>
        piece.place ? (
          <span key={index} class={cx(css.place, piece.place === "open" && css.open)}>
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
    </>
  );
}
