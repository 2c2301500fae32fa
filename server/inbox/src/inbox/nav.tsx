// The rail: which shop, which queue, who I am.
import type { JSX } from "preact";
import { t } from "../i18n";
import { number } from "../i18n/formats";
import { navigate, pathOf, route, type View } from "../router";
import { leave } from "../state/actions";
import { countOf } from "../state/conversations";
import { connection } from "../state/live";
import { commandKey, narrow } from "../state/media";
import { nav, scope, theme } from "../state/prefs";
import { agent, me, shopOf, shops } from "../state/session";
import { Avatar } from "../ui/avatar";
import { cx } from "../ui/cx";
import { Icon, type IconName } from "../ui/icons";
import { Mark } from "../ui/logo";
import { Menu, type MenuItem } from "../ui/menu";
import { TestMark } from "../ui/test-mark";
import { commandsOpen } from "./commands";
import css from "./nav.module.css";
import { sheetOpen } from "./shortcut-sheet";

const views: readonly { view: View; icon: IconName; keys: string }[] = [
  { view: "mine", icon: "person", keys: "g m" },
  { view: "unassigned", icon: "hand", keys: "g u" },
  { view: "open", icon: "inbox", keys: "g o" },
  { view: "closed", icon: "circleCheck", keys: "g c" },
];

export function Nav(): JSX.Element {
  const at = route.value;
  const slim = nav.value === "narrow" && !narrow.value;
  return (
    <nav class={cx(css.rail, slim && css.slim)} aria-label={t("nav.label")}>
      <ScopeSwitch slim={slim} />
      <ul class={css.views}>
        {views.map(({ view, icon, keys }) => {
          const current = at.page === "conversations" && at.view === view;
          const count = countOf(view);
          return (
            <li key={view}>
              <a
                href={pathOf({ page: "conversations", view })}
                class={cx(css.item, current && css.current)}
                aria-current={current ? "page" : undefined}
                data-tip={slim ? t(`view.${view}`) : undefined}
                data-keys={slim ? keys : undefined}
              >
                <Icon name={icon} />
                <span class={css.label}>{t(`view.${view}`)}</span>
                {count > 0 && (
                  <span class={cx(css.count, view === "closed" && css.settled)}>
                    <span aria-hidden="true">{count > 999 ? "999+" : number(count)}</span>
                    <span class="sr">{t("view.count", { count })}</span>
                  </span>
                )}
              </a>
            </li>
          );
        })}
      </ul>
      <div class={css.space} />
      <ul class={css.tools}>
        <li class={css.wideOnly}>
          <button
            type="button"
            class={css.item}
            data-tip={slim ? t("commands.title") : undefined}
            data-keys={slim ? `${commandKey} K` : undefined}
            onClick={() => {
              commandsOpen.value = true;
            }}
          >
            <Icon name="search" />
            <span class={css.label}>{t("commands.title")}</span>
            <kbd class={css.keys}>{commandKey} K</kbd>
          </button>
        </li>
        <li>
          <a
            href={pathOf({ page: "settings" })}
            class={cx(css.item, at.page === "settings" && css.current)}
            aria-current={at.page === "settings" ? "page" : undefined}
            data-tip={slim ? t("settings.title") : undefined}
          >
            <Icon name="settings" />
            <span class={css.label}>{t("settings.title")}</span>
          </a>
        </li>
        <li>
          <ProfileMenu slim={slim} />
        </li>
      </ul>
    </nav>
  );
}

function ScopeSwitch({ slim }: { slim: boolean }): JSX.Element {
  const current = shopOf(scope.value);
  const shown = current ?? (shops.value.length === 1 ? shops.value[0] : undefined);
  const name = shown?.name ?? t("scope.all");
  const items: MenuItem[] = [
    { label: t("scope.all"), icon: "inbox", checked: !current, run: () => choose("all") },
    ...shops.value.map((shop) => ({
      label: shop.name,
      icon: "shop" as const,
      ...(shop.test ? { hint: t("shop.test") } : {}),
      checked: shop.id === current?.id,
      run: () => choose(shop.id),
    })),
  ];
  return (
    <Menu
      label={t("scope.label")}
      items={items}
      trigger={(props) => (
        <button type="button" {...props} class={css.scope} data-tip={slim ? name : undefined}>
          <span class={css.mark}>
            <Mark size={26} />
          </span>
          <span class={css.names}>
            <span class={css.merchant}>{me.value?.merchant.name}</span>
            <span class={css.shop}>
              <span class="sr">{t("scope.label")}: </span>
              {name}
              {shown?.test && (
                <>
                  {" "}
                  <TestMark />
                </>
              )}
            </span>
          </span>
          <span class={css.chevron}>
            <Icon name="down" size={16} />
          </span>
        </button>
      )}
    />
  );
}

function choose(shop: string): void {
  scope.value = shop;
  const at = route.value;
  if (at.page === "conversations" && at.conversation && shop !== "all" && at.shop !== shop) {
    navigate({ page: "conversations", view: at.view });
  }
}

function ProfileMenu({ slim }: { slim: boolean }): JSX.Element | null {
  const self = agent.value;
  if (!self) return null;
  const online = connection.value.state === "online";
  const items: (MenuItem | "line")[] = [
    {
      label: t("profile.title"),
      icon: "person",
      run: () => navigate({ page: "settings", section: "profile" }),
    },
    {
      label: t("shortcuts.title"),
      icon: "keyboard",
      hint: "?",
      run: () => {
        sheetOpen.value = true;
      },
    },
    {
      label: nav.value === "wide" ? t("nav.collapse") : t("nav.expand"),
      icon: "panel",
      run: () => {
        nav.value = nav.value === "wide" ? "narrow" : "wide";
      },
    },
    "line",
    ...(["system", "light", "dark"] as const).map((one) => ({
      label: t(`theme.${one}`),
      icon: ({ system: "screen", light: "sun", dark: "moon" } as const)[one],
      checked: theme.value === one,
      run: () => {
        theme.value = one;
      },
    })),
    "line",
    { label: t("signin.out"), icon: "logout", run: () => void leave() },
  ];
  const state = t(online ? "connection.online" : "connection.connecting");
  return (
    <Menu
      label={t("profile.menu")}
      items={items}
      trigger={(props) => (
        <button type="button" {...props} class={css.item} data-tip={slim ? self.name : undefined}>
          <Avatar
            id={self.id}
            name={self.name}
            size={24}
            kind="agent"
            presence={online ? "here" : "unknown"}
          />
          <span class={cx(css.label, css.self)}>
            {self.name} <span class="sr">{state}</span>
          </span>
        </button>
      )}
    />
  );
}
