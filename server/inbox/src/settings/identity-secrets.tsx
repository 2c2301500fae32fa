import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api, url } from "../api/client";
import type { IdentitySecret, List, Shop } from "../api/types";
import { t } from "../i18n";
import { dateTime } from "../i18n/formats";
import { failureText } from "../i18n/problems";
import { Button } from "../ui/button";
import { Icon } from "../ui/icons";
import { Failure, Skeleton } from "../ui/states";
import { Confirm } from "./confirm";
import { Once } from "./copy";
import { useLoaded } from "./load";
import css from "./settings.module.css";

const mostActive = 2;

export function IdentitySecrets({ shop }: { shop: Shop }): JSX.Element {
  const path = ["shops", shop.id, "identity-secrets"];
  const [held, load, put] = useLoaded(() => api.get<List<IdentitySecret>>(url(path)), shop.id);
  const [made, setMade] = useState<IdentitySecret>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [revoking, setRevoking] = useState<IdentitySecret>();
  const items = held.state === "ready" ? held.value.items : [];

  const create = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const secret = await api.post<IdentitySecret>(url(path));
      setMade(secret);
      put({ items: [{ kid: secret.kid, created_at: secret.created_at }, ...items] });
    } catch (error) {
      setProblem(failureText(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <div class={css.page} style={{ padding: "0", maxInlineSize: "none" }}>
      <p class={css.lead}>{t("identity.lead", { key: shop.key })}</p>
      {made?.secret && <Once text={made.secret} label={t("identity.secret", { kid: made.kid })} />}
      {held.state === "loading" && <Skeleton lines={3} />}
      {held.state === "failed" && <Failure text={t("settings.failed")} onRetry={load} />}
      {items.length > 0 && (
        <ul class={css.rows}>
          {items.map((secret) => (
            <li key={secret.kid} class={css.row}>
              <Icon name="shield" />
              <span class={css.rowText}>
                <code class={css.rowTitle}>{secret.kid}</code>
                <span class={css.small}>{t("keys.created", { date: dateTime(secret.created_at) })}</span>
              </span>
              <Button small look="danger" onClick={() => setRevoking(secret)}>
                {t("action.revoke")}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {problem && (
        <p class={css.problem} role="alert">
          {problem}
        </p>
      )}
      <div class={css.actions}>
        <Button
          look="primary"
          icon="plus"
          busy={busy}
          disabled={held.state !== "ready" || items.length >= mostActive}
          onClick={() => void create()}
        >
          {t("identity.create")}
        </Button>
        {items.length >= mostActive && <span class={css.small}>{t("identity.limit")}</span>}
      </div>
      {revoking && (
        <Confirm
          title={t("identity.revoke.title", { kid: revoking.kid })}
          text={t("identity.revoke.text")}
          confirm={t("action.revoke")}
          onClose={() => setRevoking(undefined)}
          run={async () => {
            await api.delete(url([...path, revoking.kid]));
            put({ items: items.filter((one) => one.kid !== revoking.kid) });
            if (made?.kid === revoking.kid) setMade(undefined);
          }}
        />
      )}
    </div>
  );
}
