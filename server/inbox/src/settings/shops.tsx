import type { JSX } from "preact";
import { t } from "../i18n";
import { navigate, pathOf } from "../router";
import { shops } from "../state/session";
import { Button } from "../ui/button";
import { Icon } from "../ui/icons";
import { Empty } from "../ui/states";
import { TestMark } from "../ui/test-mark";
import css from "./settings.module.css";

export function Shops(): JSX.Element {
  return (
    <>
      <header class={css.head}>
        <h2>{t("settings.shops")}</h2>
        <Button
          look="primary"
          icon="plus"
          onClick={() => navigate({ page: "settings", section: "shops", id: "new" })}
        >
          {t("shops.new")}
        </Button>
      </header>
      {shops.value.length === 0 ? (
        <Empty icon="shop" title={t("empty.noshop")}>
          {t("shops.none.more")}
        </Empty>
      ) : (
        <ul class={css.rows}>
          {shops.value.map((shop) => (
            <li key={shop.id}>
              <a class={css.row} href={pathOf({ page: "settings", section: "shops", id: shop.id })}>
                <span class={css.swatch} style={{ "--swatch": shop.settings.color ?? "" }} />
                <span class={css.rowText}>
                  <span class={css.rowTitle}>
                    <bdi>{shop.name}</bdi>
                    {shop.test && <TestMark />}
                  </span>
                  <span class={css.small}>{shop.origins.join(", ")}</span>
                </span>
                <Icon name="forward" size={18} />
              </a>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
