// The tab's title and icon say how many conversations wait, also while the tab is in the background.
import { effect } from "@preact/signals";
import { unreadConversations } from "./conversations";
import { session } from "./session";

export function startTitle(): void {
  effect(() => {
    const waiting = session.value.state === "in" ? unreadConversations.value : 0;
    document.title = waiting > 0 ? `(${waiting}) Tagalong` : "Tagalong";
    const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
    const wanted = waiting > 0 ? "/inbox/favicon-unread.svg" : "/inbox/favicon.svg";
    if (icon && icon.getAttribute("href") !== wanted) icon.href = wanted;
  });
}
