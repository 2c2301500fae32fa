// How a shop's conversations go along: which channels the widget offers and in which order, the words of the consent, what
// tells a shopper of an answer, and what it may cost.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Account, ChannelRules, HandoffChannel, HandoffSettings } from "../api/channels";
import { api, url } from "../api/client";
import type { Shop } from "../api/types";
import { t } from "../i18n";
import { languageName } from "../i18n/formats";
import { failureText, fieldProblem } from "../i18n/problems";
import { putShop } from "../state/session";
import { Button } from "../ui/button";
import { Area, Check, Field } from "../ui/field";
import { Failure, Skeleton } from "../ui/states";
import { toast } from "../ui/toast";
import { amountOf, plainOf } from "./amount";
import { AwayTemplates } from "./away-templates";
import css from "./channels.module.css";
import { useConnections } from "./connections";
import { OfferedChannels } from "./offered-channels";
import page from "./settings.module.css";

export function Handoff({ shop }: { shop: Shop }): JSX.Element {
  const held = useConnections();
  if (held.state === "loading") return <Skeleton lines={8} />;
  if (held.state === "failed") return <Failure text={t("settings.failed")} onRetry={held.load} />;
  const accounts = held.accounts.filter((one) => one.shops.includes(shop.id));
  return <HandoffForm key={shop.id} shop={shop} accounts={accounts} rules={held.rules} />;
}

/** settingsOf leaves out what is empty, so that the widget's own words and the server's defaults hold. */
export function settingsOf(typed: {
  channels: readonly HandoffChannel[];
  onLeave: boolean;
  wording: Readonly<Record<string, string>>;
  version: string;
  leaveAfter: string;
  templates: NonNullable<HandoffSettings["templates"]>;
  cap: string;
  currency: string;
}): HandoffSettings | "cap" | "leave_after" {
  const wording = filledOnly(typed.wording);
  const cap = typed.cap.trim() ? amountOf(typed.cap, typed.currency) : undefined;
  if (typed.cap.trim() && cap === undefined) return "cap";
  const leave = typed.leaveAfter.trim();
  if (leave && !(/^\d{1,4}$/.test(leave) && Number(leave) <= 3600)) return "leave_after";
  const templates = Object.fromEntries(Object.entries(typed.templates).filter(([, one]) => one.name));
  return {
    channels: typed.channels.map(({ label, ...rest }) => {
      const words = filledOnly(label ?? {});
      return Object.keys(words).length ? { ...rest, label: words } : rest;
    }),
    offer_on_leave: typed.onLeave,
    ...(Object.keys(wording).length ? { wording, version: typed.version.trim() } : {}),
    ...(leave && Number(leave) > 0 ? { leave_after: Number(leave) } : {}),
    ...(Object.keys(templates).length ? { templates } : {}),
    ...(cap !== undefined ? { cap: { amount: cap, currency: typed.currency } } : {}),
  };
}

const filledOnly = (texts: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== ""));

interface FormProps {
  shop: Shop;
  accounts: readonly Account[];
  rules: readonly ChannelRules[];
}

function HandoffForm({ shop, accounts, rules }: FormProps): JSX.Element {
  const was = shop.settings.handoff ?? { channels: [] };
  const [channels, setChannels] = useState<HandoffChannel[]>(was.channels);
  const [onLeave, setOnLeave] = useState(was.offer_on_leave ?? false);
  const [wording, setWording] = useState<Record<string, string>>(was.wording ?? {});
  const [version, setVersion] = useState(was.version ?? "");
  const [leaveAfter, setLeaveAfter] = useState(was.leave_after ? String(was.leave_after) : "");
  const [templates, setTemplates] = useState<NonNullable<HandoffSettings["templates"]>>(was.templates ?? {});
  const currency = was.cap?.currency ?? shop.currency;
  const [cap, setCap] = useState(plainOf(was.cap));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const languages = shop.settings.languages.length ? shop.settings.languages : [shop.language];

  const changed = JSON.stringify(filledOnly(wording)) !== JSON.stringify(filledOnly(was.wording ?? {}));
  // Another wording is another consent: the version has to tell them apart.
  useEffect(() => {
    if (changed && version === (was.version ?? "")) setVersion(nextVersion(version));
  }, [changed]);

  const settings = settingsOf({ channels, onLeave, wording, version, leaveAfter, templates, cap, currency });
  const save = async (event: Event) => {
    event.preventDefault();
    if (typeof settings === "string") return;
    setBusy(true);
    setProblem(undefined);
    try {
      putShop(await api.patch<Shop>(url(["shops", shop.id]), { settings: { handoff: settings } }));
      toast(t("shop.saved"));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const said = (path: string) =>
    fieldProblem(problem, `settings.handoff.${path}`) ?? fieldProblem(problem, `handoff.${path}`);
  return (
    <form class={page.page} style={{ padding: "0", maxInlineSize: "none" }} onSubmit={save}>
      <section class={page.card}>
        <h3>{t("handoff.channels")}</h3>
        <p class={page.lead}>{t("handoff.channels.lead")}</p>
        <OfferedChannels
          channels={channels}
          accounts={accounts}
          rules={rules}
          languages={languages}
          onChange={setChannels}
        />
      </section>

      <section class={page.card}>
        <h3>{t("handoff.leaving")}</h3>
        <Check
          label={t("handoff.onleave")}
          hint={t("handoff.onleave.hint")}
          checked={onLeave}
          onChange={setOnLeave}
        />
        <Field
          label={t("handoff.after")}
          hint={t("handoff.after.hint")}
          placeholder="45"
          maxLength={4}
          value={leaveAfter}
          problem={settings === "leave_after" ? t("handoff.after.bad") : said("leave_after")}
          onInput={(event) => setLeaveAfter(event.currentTarget.value)}
        />
      </section>

      <section class={page.card}>
        <h3>{t("handoff.consent")}</h3>
        <p class={page.lead}>{t("handoff.consent.lead")}</p>
        {languages.map((tag) => (
          <Area
            key={tag}
            label={t("handoff.wording", { language: languageName(tag) })}
            maxLength={1000}
            dir="auto"
            lang={tag}
            value={wording[tag] ?? ""}
            problem={said("wording")}
            onInput={(event) => setWording({ ...wording, [tag]: event.currentTarget.value })}
          />
        ))}
        {Object.keys(filledOnly(wording)).length > 0 && (
          <Field
            label={t("handoff.version")}
            hint={t("handoff.version.hint")}
            required
            maxLength={40}
            value={version}
            problem={said("version")}
            onInput={(event) => setVersion(event.currentTarget.value)}
          />
        )}
      </section>

      <AwayTemplates
        shop={shop.id}
        channels={rules.filter((one) => one.templates && accounts.some((a) => a.channel === one.channel))}
        accounts={accounts}
        value={templates}
        onChange={setTemplates}
      />

      <section class={page.card}>
        <h3>{t("handoff.cap")}</h3>
        <p class={page.lead}>{t("handoff.cap.lead")}</p>
        <div class={css.cap}>
          <Field
            label={t("handoff.cap.amount", { currency })}
            placeholder={t("handoff.cap.none")}
            maxLength={12}
            value={cap}
            problem={settings === "cap" ? t("account.price.bad") : said("cap")}
            onInput={(event) => setCap(event.currentTarget.value)}
          />
        </div>
      </section>

      {problem !== undefined && (
        <p class={page.problem} role="alert">
          {failureText(problem)}
        </p>
      )}
      <div class={page.actions}>
        <Button look="primary" type="submit" busy={busy} disabled={typeof settings === "string"}>
          {t("action.save")}
        </Button>
      </div>
    </form>
  );
}

/** nextVersion names a wording by its day; a second one of the same day gets a number. */
export function nextVersion(version: string, today = new Date()): string {
  const day = today.toISOString().slice(0, 10);
  if (!version.startsWith(day)) return day;
  const number = Number(version.slice(day.length + 1)) || 1;
  return `${day}.${number + 1}`;
}
