// Reads out, once and politely, what arrives in the conversation on the screen. History that is loaded says nothing.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import { route } from "../router";
import { onArrival } from "../state/live";
import { agent } from "../state/session";

export function Announcer(): JSX.Element {
  const [text, setText] = useState("");
  const at = route.value;
  const conversation = at.page === "conversations" ? at.conversation : undefined;
  // Another conversation has its own news.
  useEffect(() => setText(""), [conversation]);
  useEffect(
    () =>
      onArrival((conversation, entry) => {
        const at = route.value;
        if (at.page !== "conversations" || at.conversation !== conversation) return;
        if ((entry.kind !== "message" && entry.kind !== "note") || entry.author.id === agent.value?.id)
          return;
        // An entry that the server replays after a gap is history.
        if (Date.now() - entry.at > 60_000) return;
        const who = entry.author.name || t(`author.${entry.author.kind}`);
        setText(
          t("thread.announce", { who, text: entry.message?.text?.slice(0, 300) || t("message.attachment") }),
        );
      }),
    [],
  );
  return (
    <div class="sr" role="status" aria-live="polite">
      {text}
    </div>
  );
}
