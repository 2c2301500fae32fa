import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Conversation } from "../api/types";
import { t } from "../i18n";
import { assign } from "../state/actions";
import { activeAgents, loadAgents } from "../state/agents";
import { narrow } from "../state/media";
import { agent } from "../state/session";
import { Avatar } from "../ui/avatar";
import { Icon } from "../ui/icons";
import { type Option, Picker } from "../ui/picker";
import { Popup } from "../ui/popup";
import css from "./assignee.module.css";
import { assignAsked } from "./intents";

const nobody = "nobody";

export function AssigneePicker({
  conversation,
  mine,
}: {
  conversation: Conversation;
  mine: boolean;
}): JSX.Element {
  const asked = assignAsked.value;
  const first = useRef(asked);
  useEffect(() => {
    void loadAgents().catch(() => {});
  }, []);

  const { assignee } = conversation;
  const self = agent.value;
  const everybody = activeAgents.value.length > 0 || !self ? activeAgents.value : [self];
  const sorted = [...everybody].sort((a, b) => Number(b.id === self?.id) - Number(a.id === self?.id));
  const options: Option[] = [
    ...sorted.map((one) => ({
      id: one.id,
      label: one.id === self?.id ? t("assign.me", { name: one.name }) : one.name,
      words: one.email,
      selected: one.id === assignee?.id,
      glyph: <Avatar id={one.id} name={one.name} size={24} kind="agent" />,
    })),
    { id: nobody, label: t("assign.nobody"), selected: !assignee, glyph: <Icon name="hand" size={20} /> },
  ];
  const name = assignee ? (mine ? t("author.you") : (assignee.name ?? "")) : t("assign.nobody");

  return (
    <Popup
      kind="dialog"
      label={t("assign.label")}
      align="end"
      openAt={asked === first.current ? 0 : asked}
      trigger={(props) => (
        <button
          type="button"
          {...props}
          class={css.trigger}
          data-tip={t("assign.label")}
          data-keys="a"
          aria-keyshortcuts="a"
        >
          {assignee ? (
            <Avatar id={assignee.id} name={assignee.name} size={22} kind="agent" />
          ) : (
            <Icon name="hand" size={18} />
          )}
          <span class="sr">{t("assign.current", { name })}</span>
          {!narrow.value && (
            <span class={css.name} aria-hidden="true">
              {name}
            </span>
          )}
          <Icon name="down" size={14} />
        </button>
      )}
    >
      {(close) => (
        <Picker
          label={t("assign.label")}
          placeholder={t("assign.search")}
          empty={t("assign.none")}
          options={options}
          onPick={(id) => {
            close();
            const chosen = everybody.find((one) => one.id === id);
            void assign(conversation, id === nobody ? undefined : chosen);
          }}
        />
      )}
    </Popup>
  );
}
