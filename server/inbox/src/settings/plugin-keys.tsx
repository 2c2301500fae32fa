import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api, url } from "../api/client";
import type { List, PluginKey, Scope } from "../api/types";
import { t } from "../i18n";
import { ago, date } from "../i18n/formats";
import { failureText } from "../i18n/problems";
import { now } from "../state/clock";
import { Button } from "../ui/button";
import { Check, Field } from "../ui/field";
import { Icon } from "../ui/icons";
import { Failure, Skeleton } from "../ui/states";
import { Chip } from "../ui/tag";
import { Confirm } from "./confirm";
import { Once } from "./copy";
import { useLoaded } from "./load";
import css from "./settings.module.css";

const scopes: readonly Scope[] = [
  "context:write",
  "context:read",
  "conversations:read",
  "conversations:write",
];

export function PluginKeys({ shop }: { shop: string }): JSX.Element {
  const path = ["shops", shop, "plugin-keys"];
  const [held, load, put] = useLoaded(() => api.get<List<PluginKey>>(url(path, { limit: 100 })), shop);
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<readonly Scope[]>(["context:write"]);
  const [made, setMade] = useState<PluginKey>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [revoking, setRevoking] = useState<PluginKey>();

  const create = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      const key = await api.post<PluginKey>(url(path), { name: name.trim(), scopes: chosen });
      setMade(key);
      setName("");
      if (held.state === "ready") {
        const { secret: _shown, ...kept } = key;
        put({ ...held.value, items: [kept, ...held.value.items] });
      }
    } catch (error) {
      setProblem(failureText(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <div class={css.page} style={{ padding: "0", maxInlineSize: "none" }}>
      <p class={css.lead}>{t("keys.lead")}</p>
      {made?.secret && <Once text={made.secret} label={t("keys.secret", { name: made.name })} />}
      <form class={css.card} onSubmit={create}>
        <h3>{t("keys.new")}</h3>
        <Field
          label={t("keys.name")}
          hint={t("keys.name.hint")}
          required
          maxLength={100}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <fieldset class={css.fieldset}>
          <legend>{t("keys.scopes")}</legend>
          {scopes.map((scope) => (
            <Check
              key={scope}
              label={t(`scope.${scope}`)}
              checked={chosen.includes(scope)}
              onChange={(on) => setChosen(on ? [...chosen, scope] : chosen.filter((one) => one !== scope))}
            />
          ))}
        </fieldset>
        {problem && (
          <p class={css.problem} role="alert">
            {problem}
          </p>
        )}
        <div class={css.actions}>
          <Button
            look="primary"
            type="submit"
            busy={busy}
            disabled={chosen.length === 0 || name.trim() === ""}
          >
            {t("keys.create")}
          </Button>
        </div>
      </form>
      {held.state === "loading" && <Skeleton lines={4} />}
      {held.state === "failed" && <Failure text={t("settings.failed")} onRetry={load} />}
      {held.state === "ready" && held.value.items.length > 0 && (
        <ul class={css.rows}>
          {held.value.items.map((key) => (
            <li key={key.id} class={css.row}>
              <Icon name="key" />
              <span class={css.rowText}>
                <span class={css.rowTitle}>
                  <bdi>{key.name}</bdi> <code class={css.small}>…{key.last4}</code>
                </span>
                <span class={css.small}>
                  {t("keys.created", { date: date(key.created_at) })} ·{" "}
                  {key.last_used_at
                    ? t("keys.used", { ago: ago(key.last_used_at, now.value) })
                    : t("keys.unused")}
                </span>
                <span class={css.actions}>
                  {key.scopes.map((scope) => (
                    <Chip key={scope}>{scope}</Chip>
                  ))}
                </span>
              </span>
              <Button small look="danger" onClick={() => setRevoking(key)}>
                {t("action.revoke")}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {revoking && (
        <Confirm
          title={t("keys.revoke.title", { name: revoking.name })}
          text={t("keys.revoke.text")}
          confirm={t("action.revoke")}
          onClose={() => setRevoking(undefined)}
          run={async () => {
            await api.delete(url([...path, revoking.id]));
            if (held.state === "ready") {
              put({ ...held.value, items: held.value.items.filter((one) => one.id !== revoking.id) });
            }
            if (made?.id === revoking.id) setMade(undefined);
          }}
        />
      )}
    </div>
  );
}
