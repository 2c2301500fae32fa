// One shop: how it is called and where it lives, how its widget looks and greets, the snippet, and its credentials.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api, url } from "../api/client";
import { config } from "../api/config";
import type { Shop } from "../api/types";
import { t } from "../i18n";
import { failureText, fieldProblem } from "../i18n/problems";
import { navigate, pathOf } from "../router";
import { reconnect } from "../state/live";
import { putShop, shopOf } from "../state/session";
import { Button } from "../ui/button";
import { Area, Check, Field, Select } from "../ui/field";
import { Empty } from "../ui/states";
import { Tabs } from "../ui/tabs";
import { TestMark } from "../ui/test-mark";
import { toast } from "../ui/toast";
import { Copy } from "./copy";
import { Handoff } from "./handoff";
import { IdentitySecrets } from "./identity-secrets";
import { originOf } from "./origin";
import { Plugins } from "./plugins";
import { Privacy } from "./privacy";
import css from "./settings.module.css";
import { Webhooks } from "./webhooks";

/** The languages that the widget speaks, in their own names. */
const widgetLanguages = ["en", "de", "ar"] as const;
const ownColor = "#1f5f54";

const tabs = ["general", "handoff", "install", "plugins", "webhooks", "identity", "privacy"] as const;
type Tab = (typeof tabs)[number];

interface PageProps {
  id: string;
  tab: string | undefined;
  /** What is open within the tab. */
  item: string | undefined;
}

export function ShopPage({ id, tab: wanted, item }: PageProps): JSX.Element {
  const tab: Tab = tabs.find((one) => one === wanted) ?? "general";
  const setTab = (next: Tab) =>
    navigate({ page: "settings", section: "shops", id, tab: next }, { replace: true });
  const shop = shopOf(id);
  if (!shop) return <Empty icon="shop" title={t("shops.gone")} />;
  return (
    <>
      <nav aria-label={t("settings.path")} class={css.small}>
        <a href={pathOf({ page: "settings", section: "shops" })}>{t("settings.shops")}</a>
      </nav>
      <h2 class={css.titled}>
        <bdi>{shop.name}</bdi>
        {shop.test && <TestMark />}
      </h2>
      <Tabs
        label={shop.name}
        tabs={tabs.map((one) => ({ id: one, label: t(`shop.tab.${one}`) }))}
        active={tab}
        onChange={setTab}
      >
        {tab === "general" && <ShopForm key={shop.id} shop={shop} />}
        {tab === "handoff" && <Handoff shop={shop} />}
        {tab === "install" && <Install shop={shop} />}
        {tab === "plugins" && <Plugins shop={shop} />}
        {tab === "webhooks" && <Webhooks shop={shop.id} item={item} />}
        {tab === "identity" && <IdentitySecrets shop={shop} />}
        {tab === "privacy" && <Privacy shop={shop.id} />}
      </Tabs>
    </>
  );
}

export function NewShop(): JSX.Element {
  return (
    <>
      <h2>{t("shops.new")}</h2>
      <p class={css.lead}>{t("shops.new.lead")}</p>
      <ShopForm shop={undefined} />
    </>
  );
}

/** linesOf reads one value per line. */
const linesOf = (text: string) =>
  text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter(Boolean);

function ShopForm({ shop }: { shop: Shop | undefined }): JSX.Element {
  const [name, setName] = useState(shop?.name ?? "");
  const [origins, setOrigins] = useState(shop?.origins.join("\n") ?? "");
  const [editors, setEditors] = useState(shop?.editor_origins.join("\n") ?? "");
  const [language, setLanguage] = useState(shop?.language ?? "en");
  const [currency, setCurrency] = useState(shop?.currency ?? "EUR");
  const [zone, setZone] = useState(shop?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [color, setColor] = useState(shop?.settings.color ?? "");
  const [side, setSide] = useState<"start" | "end">(shop?.settings.launcher_side ?? "end");
  const [spoken, setSpoken] = useState<string[]>(shop?.settings.languages ?? []);
  const [greeting, setGreeting] = useState<Record<string, string>>(shop?.settings.greeting ?? {});
  const [offline, setOffline] = useState<Record<string, string>>(shop?.settings.offline_text ?? {});
  const [required, setRequired] = useState(shop?.identity_required ?? false);
  const [lookup, setLookup] = useState(shop?.settings.order_lookup ?? true);
  const [test, setTest] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();

  const named = (tag: string) =>
    new Intl.DisplayNames([document.documentElement.lang], { type: "language" }).of(tag) ?? tag;
  const known = [...new Set([...widgetLanguages, ...spoken, language])];
  const texted = spoken.length > 0 ? spoken : [language];

  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    const filled = (texts: Record<string, string>) =>
      Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== ""));
    const body = {
      name: name.trim(),
      origins: linesOf(origins).map(originOf),
      editor_origins: linesOf(editors).map(originOf),
      language,
      time_zone: zone.trim(),
      currency: currency.trim().toUpperCase(),
      settings: {
        ...(color ? { color } : {}),
        launcher_side: side,
        greeting: filled(greeting),
        offline_text: filled(offline),
        languages: spoken,
        order_lookup: lookup,
      },
      identity_required: required,
      ...(!shop && test ? { test: true } : {}),
    };
    try {
      const saved = shop
        ? await api.patch<Shop>(url(["shops", shop.id]), body)
        : await api.post<Shop>(url(["shops"]), body);
      putShop(saved);
      setOrigins(saved.origins.join("\n"));
      setEditors(saved.editor_origins.join("\n"));
      toast(t(shop ? "shop.saved" : "shop.created"));
      if (!shop) reconnect();
      if (!shop) navigate({ page: "settings", section: "shops", id: saved.id }, { replace: true });
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  const settingProblem = (path: string) =>
    fieldProblem(problem, path) ?? fieldProblem(problem, `settings.${path}`);
  return (
    <form class={css.page} onSubmit={submit} style={{ padding: "0", maxInlineSize: "none" }}>
      <section class={css.card}>
        <Field
          label={t("shop.name")}
          required
          maxLength={120}
          value={name}
          problem={fieldProblem(problem, "name")}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <Area
          label={t("shop.origins")}
          hint={t("shop.origins.hint")}
          required
          spellcheck={false}
          dir="ltr"
          placeholder="https://www.example.com"
          value={origins}
          problem={fieldProblem(problem, "origins")}
          onInput={(event) => setOrigins(event.currentTarget.value)}
        />
        <details open={editors !== ""}>
          <summary>{t("shop.editors.summary")}</summary>
          <Area
            label={t("shop.editors")}
            hint={t("shop.editors.hint")}
            spellcheck={false}
            dir="ltr"
            value={editors}
            problem={fieldProblem(problem, "editor_origins")}
            onInput={(event) => setEditors(event.currentTarget.value)}
          />
        </details>
        <div class={css.pair}>
          <Select
            label={t("shop.language")}
            value={language}
            options={known.map((tag) => ({ value: tag, label: named(tag) }))}
            onChange={setLanguage}
          />
          <Field
            label={t("shop.currency")}
            required
            maxLength={3}
            minLength={3}
            value={currency}
            problem={fieldProblem(problem, "currency")}
            onInput={(event) => setCurrency(event.currentTarget.value)}
          />
          <Field
            label={t("shop.zone")}
            required
            maxLength={64}
            value={zone}
            problem={fieldProblem(problem, "time_zone")}
            onInput={(event) => setZone(event.currentTarget.value)}
          />
        </div>
      </section>

      <section class={css.card}>
        <h3>{t("shop.look")}</h3>
        <div class={css.pair}>
          <div class={css.color}>
            <Field
              label={t("shop.color")}
              placeholder={ownColor}
              pattern="#[0-9A-Fa-f]{6}"
              maxLength={7}
              value={color}
              problem={settingProblem("color")}
              onInput={(event) => setColor(event.currentTarget.value)}
            />
            <input
              type="color"
              aria-label={t("shop.color.pick")}
              value={/^#[0-9a-f]{6}$/i.test(color) ? color : ownColor}
              onInput={(event) => setColor(event.currentTarget.value)}
            />
          </div>
          <Select
            label={t("shop.side")}
            value={side}
            options={(["end", "start"] as const).map((one) => ({ value: one, label: t(`shop.side.${one}`) }))}
            onChange={(value) => setSide(value as "start" | "end")}
          />
        </div>
        <fieldset class={css.fieldset}>
          <legend>{t("shop.languages")}</legend>
          <div class={css.chips}>
            {known.map((tag) => (
              <Check
                key={tag}
                label={named(tag)}
                checked={spoken.includes(tag)}
                onChange={(on) => setSpoken(on ? [...spoken, tag] : spoken.filter((one) => one !== tag))}
              />
            ))}
          </div>
          <p class={css.small}>{t("shop.languages.hint")}</p>
        </fieldset>
        {texted.map((tag) => (
          <div key={tag} class={css.pair}>
            <Area
              label={t("shop.greeting", { language: named(tag) })}
              maxLength={500}
              dir="auto"
              lang={tag}
              value={greeting[tag] ?? ""}
              onInput={(event) => setGreeting({ ...greeting, [tag]: event.currentTarget.value })}
            />
            <Area
              label={t("shop.offline", { language: named(tag) })}
              maxLength={500}
              dir="auto"
              lang={tag}
              value={offline[tag] ?? ""}
              onInput={(event) => setOffline({ ...offline, [tag]: event.currentTarget.value })}
            />
          </div>
        ))}
      </section>

      <section class={css.card}>
        <Check
          label={t("shop.required")}
          hint={t("shop.required.hint")}
          checked={required}
          onChange={setRequired}
        />
        <Check label={t("shop.lookup")} hint={t("shop.lookup.hint")} checked={lookup} onChange={setLookup} />
      </section>

      {!shop && (
        <section class={css.card}>
          <Check label={t("shop.test.new")} hint={t("shop.test.hint")} checked={test} onChange={setTest} />
        </section>
      )}

      {problem !== undefined && (
        <p class={css.problem} role="alert">
          {failureText(problem)}
        </p>
      )}
      <div class={css.actions}>
        <Button look="primary" type="submit" busy={busy}>
          {t(shop ? "action.save" : "shops.create")}
        </Button>
      </div>
    </form>
  );
}

/** The tag that goes into the shop's pages; optimisers are told to leave it alone. */
export function snippet(publicURL: string, key: string): string {
  return `<script async src="${publicURL}/w/${key}.js" data-cfasync="false" data-no-optimize="1" nowprocket></script>`;
}

function Install({ shop }: { shop: Shop }): JSX.Element {
  const address = config.value.public_url.replace(/\/+$/, "");
  return (
    <section class={css.card}>
      <h3>{t("install.title")}</h3>
      <p class={css.lead}>{t("install.lead")}</p>
      <Copy label={t("install.title")} text={snippet(address, shop.key)} />
      <p class={css.lead}>{t("install.csp")}</p>
      <Copy label={t("install.csp.label")} text={`script-src ${address}; frame-src ${address}`} />
      <p class={css.small}>{t("install.key", { key: shop.key })}</p>
    </section>
  );
}
