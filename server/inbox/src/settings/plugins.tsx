// The software of a shop that signs in with a key: plugins that were connected, and keys that somebody made by hand.
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { api, url } from "../api/client";
import type { List, PluginKey, Scope, Shop } from "../api/types";
import { t } from "../i18n";
import { ago, date } from "../i18n/formats";
import { failureText } from "../i18n/problems";
import { now } from "../state/clock";
import { Button } from "../ui/button";
import { Check, Field } from "../ui/field";
import { Icon } from "../ui/icons";
import { Empty, Failure, Skeleton } from "../ui/states";
import { Chip } from "../ui/tag";
import { TestMark } from "../ui/test-mark";
import { Confirm } from "./confirm";
import { Once } from "./copy";
import { useLoaded } from "./load";
import { scopes, scopeWord } from "./scopes";
import css from "./settings.module.css";

export function Plugins({ shop }: { shop: Shop }): JSX.Element {
  const path = ["shops", shop.id, "plugin-keys"];
  const [held, load, put] = useLoaded(() => api.get<List<PluginKey>>(url(path, { limit: 100 })), shop.id);
  const [made, setMade] = useState<PluginKey>();
  const [revoking, setRevoking] = useState<PluginKey>();
  const keys = held.state === "ready" ? held.value.items : [];
  const connected = keys.filter(isConnected);
  const plain = keys.filter((key) => !isConnected(key));

  const took = (key: PluginKey) => {
    setMade(key);
    const { secret: _shown, ...kept } = key;
    if (held.state === "ready") put({ ...held.value, items: [kept, ...held.value.items] });
  };
  return (
    <div class={css.stack}>
      <p class={css.lead}>{t("keys.lead")}</p>
      {shop.test && (
        <p class={css.aside}>
          <TestMark /> {t("keys.test")}
        </p>
      )}
      {made?.secret && <Once text={made.secret} label={t("keys.secret", { name: made.name })} />}
      {held.state === "loading" && <Skeleton lines={4} />}
      {held.state === "failed" && <Failure text={t("settings.failed")} onRetry={load} />}
      {connected.length > 0 && (
        <KeyList title={t("keys.connected")}>
          {connected.map((key) => (
            <Key key={key.id} plugin={key} onRevoke={() => setRevoking(key)} />
          ))}
        </KeyList>
      )}
      {plain.length > 0 && (
        <KeyList title={t("keys.title")}>
          {plain.map((key) => (
            <Key key={key.id} plugin={key} onRevoke={() => setRevoking(key)} />
          ))}
        </KeyList>
      )}
      {held.state === "ready" && keys.length === 0 && (
        <Empty icon="plug" title={t("keys.none")}>
          {t("keys.none.more")}
        </Empty>
      )}
      <NewKey path={path} onMade={took} />
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

/** A key that was made by consent knows where its code went; one that was made by hand does not. */
const isConnected = (key: PluginKey): boolean => key.return_origin !== undefined;

function KeyList({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return (
    <section class={css.part} aria-label={title}>
      <h3>{title}</h3>
      <ul class={css.rows}>{children}</ul>
    </section>
  );
}

function Key({ plugin, onRevoke }: { plugin: PluginKey; onRevoke: () => void }): JSX.Element {
  return (
    <li class={css.row} data-testid="plugin-key">
      <Icon name={isConnected(plugin) ? "plug" : "key"} />
      <span class={css.rowText}>
        <span class={css.rowTitle}>
          <bdi>{plugin.name}</bdi>{" "}
          <code class={css.tail} dir="ltr">
            …{plugin.last4}
          </code>
        </span>
        <span class={css.small}>
          {plugin.return_origin && (
            <>
              <bdi dir="ltr">{plugin.return_origin.replace(/^https?:\/\//, "")}</bdi> ·{" "}
            </>
          )}
          {t("keys.created", { date: date(plugin.created_at) })} ·{" "}
          {plugin.last_used_at
            ? t("keys.used", { ago: ago(plugin.last_used_at, now.value) })
            : t("keys.unused")}
        </span>
        <span class={css.marks}>
          {plugin.scopes.map((scope) => (
            <Chip key={scope} title={scope}>
              {scopeWord(scope)}
            </Chip>
          ))}
        </span>
      </span>
      <Button
        small
        look="danger"
        onClick={onRevoke}
        aria-label={t("keys.revoke.what", { name: plugin.name })}
      >
        {t("action.revoke")}
      </Button>
    </li>
  );
}

function NewKey({
  path,
  onMade,
}: {
  path: readonly string[];
  onMade: (key: PluginKey) => void;
}): JSX.Element {
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<readonly Scope[]>(["context:write"]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  const create = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      onMade(await api.post<PluginKey>(url(path), { name: name.trim(), scopes: chosen }));
      setName("");
    } catch (error) {
      setProblem(failureText(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class={css.card} onSubmit={create}>
      <h3>{t("keys.new")}</h3>
      <p class={css.small}>{t("keys.new.lead")}</p>
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
        {scopes.map(({ scope }) => (
          <Check
            key={scope}
            label={scopeWord(scope)}
            hint={t(`scope.${scope}.more`)}
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
        <Button look="primary" type="submit" busy={busy} disabled={chosen.length === 0 || name.trim() === ""}>
          {t("keys.create")}
        </Button>
      </div>
    </form>
  );
}
