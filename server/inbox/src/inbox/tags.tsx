import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { Conversation } from "../api/types";
import { t } from "../i18n";
import { setTags } from "../state/actions";
import { listOf } from "../state/conversations";
import { Icon } from "../ui/icons";
import { type Option, Picker } from "../ui/picker";
import { Popup } from "../ui/popup";
import { tagsAsked } from "./intents";
import css from "./tags.module.css";

const maxTags = 20;
const maxLength = 50;

/** knownTags are those of the conversations at hand, the most used first: there is no list of them to keep. */
function knownTags(own: readonly string[]): string[] {
  const uses = new Map<string, number>();
  for (const one of [...listOf("open"), ...listOf("closed")]) {
    for (const tag of one.tags) uses.set(tag, (uses.get(tag) ?? 0) + 1);
  }
  for (const tag of own) if (!uses.has(tag)) uses.set(tag, 0);
  return [...uses].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([tag]) => tag);
}

export function Tags({ conversation }: { conversation: Conversation }): JSX.Element {
  const { tags } = conversation;
  const asked = tagsAsked.value;
  const first = useRef(asked);
  const toggle = (tag: string) => {
    const next = tags.includes(tag) ? tags.filter((one) => one !== tag) : [...tags, tag].slice(0, maxTags);
    void setTags(conversation, next);
  };
  return (
    <Popup
      kind="dialog"
      label={t("tags.label")}
      align="end"
      openAt={asked === first.current ? 0 : asked}
      trigger={(props) => (
        <button
          type="button"
          {...props}
          class={css.trigger}
          data-tip={t("tags.label")}
          data-keys="t"
          aria-keyshortcuts="t"
        >
          <Icon name="tag" size={18} />
          <span class="sr">{t("tags.current", { count: tags.length, tags: tags.join(", ") })}</span>
          {tags.length > 0 && (
            <span class={css.names} aria-hidden="true">
              {tags.slice(0, 2).map((tag) => (
                <span key={tag} dir="auto">
                  {tag}
                </span>
              ))}
              {tags.length > 2 && <span>+{tags.length - 2}</span>}
            </span>
          )}
        </button>
      )}
    >
      {() => (
        <Picker
          label={t("tags.label")}
          placeholder={t("tags.search")}
          empty={t("tags.none")}
          multiple
          options={knownTags(tags).map(
            (tag): Option => ({ id: tag, label: tag, selected: tags.includes(tag) }),
          )}
          create={(text) => {
            const tag = text.toLocaleLowerCase().replace(/\s+/g, "-").slice(0, maxLength);
            return tag ? { id: tag, label: t("tags.create", { tag }) } : undefined;
          }}
          onPick={toggle}
        />
      )}
    </Popup>
  );
}
