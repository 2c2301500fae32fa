// ⌘K: everything that can be done or opened, found by typing.
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../i18n";
import { navigate, route, views } from "../router";
import { assign, close, leave, reopen } from "../state/actions";
import { conversationOf, listOf } from "../state/conversations";
import { contextShown, toggleContext } from "../state/panel";
import { scope, theme } from "../state/prefs";
import { reachOf } from "../state/reach";
import { agent, shops } from "../state/session";
import { Avatar } from "../ui/avatar";
import { Dialog } from "../ui/dialog";
import { Icon, type IconName } from "../ui/icons";
import { type Option, Picker } from "../ui/picker";
import { cardKinds } from "./composer-cards";
import { showConversation } from "./conversation";
import { askAssign, askCards, askCompose, askTags } from "./intents";
import { shopperName } from "./names";
import { sheetOpen } from "./shortcut-sheet";
import { waysOf } from "./target";

export const commandsOpen = signal(false);

interface Command extends Option {
  run: () => void;
}

const shownConversations = 200;

function commands(query: string): Command[] {
  const at = route.value;
  const here = at.page === "conversations" && at.conversation ? conversationOf(at.conversation) : undefined;
  const self = agent.value;
  const list: Command[] = [];
  const add = (group: string, icon: IconName, label: string, run: () => void, hint?: string) =>
    list.push({
      id: `${group}/${label}`,
      group,
      label,
      run,
      glyph: <Icon name={icon} size={18} />,
      ...(hint ? { hint } : {}),
    });

  if (here) {
    const group = t("commands.conversation");
    add(group, "reply", t("shortcut.reply"), () => askCompose("reply"), "r");
    add(group, "note", t("shortcut.note"), () => askCompose("note"), "n");
    for (const { kind, icon } of cardKinds) add(group, icon, t(`cards.${kind}`), () => askCards(kind));
    if (here.state === "open")
      add(group, "check", t("action.close.conversation"), () => void close(here), "e");
    else add(group, "reopen", t("action.reopen"), () => void reopen(here), "e");
    if (self && here.assignee?.id !== self.id)
      add(group, "person", t("assign.take"), () => void assign(here, self));
    add(group, "people", t("assign.label"), askAssign, "a");
    add(group, "tag", t("tags.label"), askTags, "t");
    const reach = reachOf(here.id).value.value;
    for (const way of reach && reach.ways.length > 0 ? waysOf(here, reach) : []) {
      if (!way.checked) add(group, way.icon ?? "along", t("commands.continue", { way: way.label }), way.run);
    }
    add(group, "panel", t(contextShown.value ? "context.hide" : "context.show"), toggleContext, "i");
  }
  const go = t("commands.go");
  for (const view of views) {
    add(go, "inbox", t(`view.${view}`), () => navigate({ page: "conversations", view }), `g ${view[0]}`);
  }
  add(go, "settings", t("settings.title"), () => navigate({ page: "settings" }), "g s");
  add(go, "person", t("profile.title"), () => navigate({ page: "settings", section: "profile" }));
  if (shops.value.length > 1) {
    add(go, "shop", t("scope.all"), () => {
      scope.value = "all";
    });
    for (const shop of shops.value) {
      add(go, "shop", shop.name, () => {
        scope.value = shop.id;
      });
    }
  }
  const app = t("commands.app");
  for (const one of ["system", "light", "dark"] as const) {
    add(
      app,
      one === "dark" ? "moon" : one === "light" ? "sun" : "screen",
      t("commands.theme", { theme: t(`theme.${one}`) }),
      () => {
        theme.value = one;
      },
    );
  }
  add(
    app,
    "keyboard",
    t("shortcuts.title"),
    () => {
      sheetOpen.value = true;
    },
    "?",
  );
  add(app, "logout", t("signin.out"), () => void leave());

  if (query.trim()) {
    const people = t("commands.conversations");
    const seen = new Set<string>();
    for (const conversation of [...listOf("open"), ...listOf("closed")].slice(0, shownConversations)) {
      if (seen.has(conversation.id)) continue;
      seen.add(conversation.id);
      const { shopper, order, tags } = conversation;
      list.push({
        id: conversation.id,
        group: people,
        label: shopperName(shopper),
        words: [shopper.email, order?.number, ...tags].filter(Boolean).join(" "),
        hint: order?.number ?? "",
        glyph: <Avatar id={shopper.id} name={shopper.name ?? shopper.email} size={24} />,
        run: () => showConversation(conversation, conversation.state === "closed" ? "closed" : "open"),
      });
    }
  }
  return list;
}

export function CommandMenu(): JSX.Element {
  const [query, setQuery] = useState("");
  const list = commands(query);
  const shut = () => {
    commandsOpen.value = false;
  };
  return (
    <Dialog title={t("commands.title")} onClose={shut} bare wide>
      <Picker
        label={t("commands.title")}
        placeholder={t("commands.placeholder")}
        empty={t("commands.none")}
        options={list}
        onQuery={setQuery}
        onPick={(id) => {
          shut();
          // The dialog gives the focus back first; what the command focuses must come after.
          const chosen = list.find((one) => one.id === id);
          requestAnimationFrame(() => chosen?.run());
        }}
      />
    </Dialog>
  );
}
