// The frame of the app: the rail on the side, and the page that the address names.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import { route } from "../router";
import { connection } from "../state/live";
import { narrow } from "../state/media";
import { nav } from "../state/prefs";
import { cx } from "../ui/cx";
import { lazy } from "../ui/lazy";
import { Announcer } from "./announcer";
import { CommandMenu, commandsOpen } from "./commands";
import { Conversations } from "./conversations";
import { Nav } from "./nav";
import css from "./shell.module.css";
import { ShortcutSheet, sheetOpen } from "./shortcut-sheet";
import { startShortcuts } from "./shortcuts";

export function Shell(): JSX.Element {
  const at = route.value;
  useEffect(startShortcuts, []);
  const reading = at.page === "conversations" && at.conversation !== undefined;
  return (
    <div class={cx(css.shell, nav.value === "narrow" && css.slim, narrow.value && reading && css.reading)}>
      <a class={css.skip} href="#main">
        {t("nav.skip")}
      </a>
      <Nav />
      <Banner />
      <div id="main" class={css.main} tabIndex={-1}>
        {at.page === "settings" ? <Settings /> : <Conversations />}
      </div>
      <Announcer />
      {commandsOpen.value && <CommandMenu />}
      {sheetOpen.value && <ShortcutSheet />}
    </div>
  );
}

/** Settings are rarely opened: their code comes when they are. */
const Settings = lazy(() => import("../settings/settings").then((module) => module.SettingsPage));

/** Says that the connection is gone, but not at once: most gaps are over before anybody would notice. */
function Banner(): JSX.Element {
  const { state, reason } = connection.value;
  const away = state !== "online" && reason !== "stopped" && reason !== "token" && reason !== "forbidden";
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!away) {
      setShown(false);
      return;
    }
    const timer = setTimeout(() => setShown(true), 3000);
    return () => clearTimeout(timer);
  }, [away]);
  return (
    <div role="status" class={cx(css.banner, shown && css.shown)}>
      {shown && (reason === "protocol" ? t("connection.outdated") : t("connection.lost"))}
    </div>
  );
}
