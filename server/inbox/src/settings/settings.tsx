// Settings: one page with its own small navigation. What an agent may not change is not shown; the server refuses it
// anyway.
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../i18n";
import { navigate, pathOf, route } from "../router";
import { narrow } from "../state/media";
import { manages } from "../state/session";
import { IconButton } from "../ui/button";
import { cx } from "../ui/cx";
import { Icon, type IconName } from "../ui/icons";
import { Channels } from "./channels";
import { Problems } from "./problems";
import { Profile } from "./profile";
import css from "./settings.module.css";
import { NewShop, ShopPage } from "./shop";
import { Shops } from "./shops";
import { Team } from "./team";

type Section = "profile" | "shops" | "channels" | "team" | "problems";
const sections: readonly { id: Section; icon: IconName; manager: boolean }[] = [
  { id: "profile", icon: "person", manager: false },
  { id: "shops", icon: "shop", manager: true },
  { id: "channels", icon: "plug", manager: true },
  { id: "team", icon: "people", manager: true },
  { id: "problems", icon: "warning", manager: true },
];

export function SettingsPage(): JSX.Element {
  const at = route.value;
  const allowed = sections.filter((section) => manages.value || !section.manager);
  const wanted = at.page === "settings" ? at.section : undefined;
  const section = allowed.find((one) => one.id === wanted)?.id;

  // On a wide window something is always open beside the list; a section that is not allowed is not there.
  useEffect(() => {
    if (section === undefined && (wanted !== undefined || !narrow.value)) {
      navigate({ page: "settings", section: manages.value ? "shops" : "profile" }, { replace: true });
    }
  }, [section, wanted]);

  const showList = !narrow.value || section === undefined;
  return (
    <div class={css.columns}>
      {showList && (
        <section class={css.list} aria-label={t("settings.title")}>
          <h1>{t("settings.title")}</h1>
          <ul>
            {allowed.map((one) => (
              <li key={one.id}>
                <a
                  href={pathOf({ page: "settings", section: one.id })}
                  class={cx(css.item, one.id === section && css.current)}
                  aria-current={one.id === section ? "page" : undefined}
                >
                  <Icon name={one.icon} />
                  {t(`settings.${one.id}`)}
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
      {section && (
        <main class={css.main}>
          <div class={css.page}>
            {narrow.value && <h1 class="sr">{t("settings.title")}</h1>}
            {narrow.value && (
              <IconButton
                icon="back"
                label={t("action.back")}
                onClick={() => navigate({ page: "settings" })}
              />
            )}
            {section === "profile" && <Profile />}
            {section === "team" && <Team />}
            {section === "channels" && at.page === "settings" && <Channels id={at.id} />}
            {section === "problems" && <Problems />}
            {section === "shops" &&
              at.page === "settings" &&
              (at.id === undefined ? (
                <Shops />
              ) : at.id === "new" ? (
                <NewShop />
              ) : (
                <ShopPage key={at.id} id={at.id} tab={at.tab} item={at.item} />
              ))}
          </div>
        </main>
      )}
    </div>
  );
}
