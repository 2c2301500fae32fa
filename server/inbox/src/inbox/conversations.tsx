// The page of conversations: list, thread, context, side by side as far as the window allows.
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../i18n";
import { route } from "../router";
import { countSoon, pinned, scopedShops } from "../state/conversations";
import { commandKey, compact, narrow } from "../state/media";
import { contextShown } from "../state/panel";
import { shops } from "../state/session";
import { cx } from "../ui/cx";
import { Empty } from "../ui/states";
import { ContextPanel } from "./context-panel";
import { ConversationView } from "./conversation";
import css from "./conversations.module.css";
import { List } from "./list";

export function Conversations(): JSX.Element {
  const at = route.value;
  if (at.page !== "conversations") return <div />;
  const { view, shop, conversation } = at;

  useEffect(() => {
    pinned.value = conversation ? { id: conversation, view } : undefined;
  }, [conversation, view]);

  const scoped = scopedShops.value.join();
  useEffect(() => {
    for (const one of scoped.split(",").filter(Boolean)) countSoon(one);
  }, [scoped]);

  const open = shop !== undefined && conversation !== undefined;
  const single = narrow.value;
  const context = open && contextShown.value;
  return (
    <div class={cx(css.columns, context && !compact.value && css.withContext, single && css.single)}>
      {single && !open && (
        <main class={css.alone}>
          <List view={view} active={undefined} />
        </main>
      )}
      {!single && <List view={view} active={conversation} />}
      {open ? (
        <>
          <ConversationView key={conversation} shop={shop} id={conversation} view={view} />
          {context && (
            <ContextPanel key={`context-${conversation}`} shop={shop} conversation={conversation} />
          )}
        </>
      ) : (
        !single && (
          <main class={css.nothing}>
            {shops.value.length === 0 ? (
              <Empty icon="shop" title={t("empty.noshop")}>
                {t("empty.noshop.more")}
              </Empty>
            ) : (
              <Empty icon="inbox" title={t("empty.choose")}>
                {t("empty.choose.more", { keys: `${commandKey} K` })}
              </Empty>
            )}
          </main>
        )
      )}
    </div>
  );
}
