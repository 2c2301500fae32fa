// What a plugin asks to be allowed, in plain words.
import type { JSX } from "preact";
import { has, t } from "../i18n";
import { scopes as known, scopeWord } from "../settings/scopes";
import { Icon } from "../ui/icons";
import css from "./connect.module.css";

export function Scopes(props: { scopes: readonly string[]; identity: boolean }): JSX.Element {
  return (
    <section class={css.scopes} aria-label={t("grant.scopes")}>
      <h2>{t("grant.scopes")}</h2>
      <ul>
        {props.scopes.map((scope) => {
          const more = `scope.${scope}.more`;
          return (
            <li key={scope}>
              <span class={css.glyph}>
                <Icon name={known.find((one) => one.scope === scope)?.icon ?? "key"} size={17} />
              </span>
              <span>
                <strong>{scopeWord(scope)}</strong>
                {has(more) && <span class={css.more}>{t(more)}</span>}
              </span>
            </li>
          );
        })}
        {props.identity && (
          <li>
            <span class={css.glyph}>
              <Icon name="shield" size={17} />
            </span>
            <span>
              <strong>{t("grant.identity")}</strong>
              <span class={css.more}>{t("grant.identity.more")}</span>
            </span>
          </li>
        )}
      </ul>
      <p class={css.end}>{t("grant.revocable")}</p>
    </section>
  );
}
