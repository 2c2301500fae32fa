// The list of conversations: rows of one height, of which only the visible ones are in the document.
import { computed, signal } from "@preact/signals";
import type { JSX } from "preact";
import { useCallback, useEffect, useMemo } from "preact/hooks";
import { t } from "../i18n";
import type { View } from "../router";
import { countOf, ensure, hasMore, listOf, listState, more, scopedShops } from "../state/conversations";
import { narrow } from "../state/media";
import { scope } from "../state/prefs";
import { shops } from "../state/session";
import { IconButton } from "../ui/button";
import { Select } from "../ui/field";
import { Empty, Failure, Skeleton } from "../ui/states";
import { VirtualList } from "../ui/virtual";
import css from "./list.module.css";
import { Row } from "./row";

export const rowHeight = 76;

/** Only what has something unread: a way to look, not a queue of its own. */
const unreadOnly = signal(false);

/** rowsOf is what the list shows, also for j and k. */
export function rowsOf(view: View, active: string | undefined) {
  const all = listOf(view);
  return unreadOnly.value ? all.filter((one) => one.unread > 0 || one.id === active) : all;
}

export function List({ view, active }: { view: View; active: string | undefined }): JSX.Element {
  const scoped = scopedShops.value.join();
  useEffect(() => ensure(view), [view, scoped]);

  const rows = useMemo(() => computed(() => rowsOf(view, active)), [view, active]).value;
  const state = listState(view);
  const onEnd = useCallback(() => more(view), [view]);
  const total = countOf(view);

  return (
    <section class={css.list} aria-label={t("list.label", { view: t(`view.${view}`) })}>
      <header class={css.head}>
        {narrow.value && shops.value.length > 1 ? (
          <div class={css.scope}>
            <Select
              label={t("scope.label")}
              hideLabel
              value={scopedShops.value.length === 1 && scope.value !== "all" ? scope.value : "all"}
              options={[
                { value: "all", label: t("scope.all") },
                ...shops.value.map((shop) => ({ value: shop.id, label: shop.name })),
              ]}
              onChange={(value) => {
                scope.value = value;
              }}
            />
          </div>
        ) : null}
        <h1>{t(`view.${view}`)}</h1>
        <span class={css.total}>{total > 0 && t("view.count", { count: total })}</span>
        <IconButton
          icon="eye"
          size={18}
          label={t("list.unread")}
          aria-pressed={unreadOnly.value}
          on={unreadOnly.value}
          onClick={() => {
            unreadOnly.value = !unreadOnly.value;
          }}
        />
      </header>
      {state === "failed" && (
        <div class={css.note}>
          <Failure text={t("list.failed")} onRetry={() => ensure(view)} />
        </div>
      )}
      {rows.length === 0 && state === "loading" ? (
        <div class={css.waiting} aria-busy="true">
          {[0, 1, 2, 3, 4].map((n) => (
            <Skeleton key={n} lines={3} />
          ))}
        </div>
      ) : rows.length === 0 && state === "ready" ? (
        <div class={css.empty}>
          <Empty
            icon={view === "closed" ? "inbox" : "check"}
            title={t(unreadOnly.value ? "empty.unread" : `empty.${view}`)}
          >
            {!unreadOnly.value && t(`empty.${view}.more`)}
          </Empty>
        </div>
      ) : (
        <VirtualList
          class={css.rows}
          label={t("list.label", { view: t(`view.${view}`) })}
          items={rows}
          rowHeight={rowHeight}
          keyOf={(conversation) => conversation.id}
          active={active}
          busy={state === "loading"}
          onEnd={hasMore(view) ? onEnd : undefined}
          render={(conversation) => (
            <Row conversation={conversation} view={view} active={conversation.id === active} />
          )}
        />
      )}
    </section>
  );
}
