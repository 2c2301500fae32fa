// What tells a shopper of an answer by itself when free text is not allowed any more: per channel a template and what
// stands in its places.
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Account, AwayTemplate, ChannelRules, HandoffSettings, Template } from "../api/channels";
import { refusalOf } from "../channels/template";
import { t } from "../i18n";
import { languageName } from "../i18n/formats";
import { ensureTemplates, templatesOf } from "../state/templates";
import { channelName } from "../ui/channel";
import { Field, Select } from "../ui/field";
import { Failure, Skeleton } from "../ui/states";
import css from "./channels.module.css";
import page from "./settings.module.css";

/** What the server puts in by itself. Given as values: braces of a message are ICU's. */
const words = {
  curlyShopper: "{shopper}",
  curlyShop: "{shop}",
  curlyMessage: "{message}",
  curlyLink: "{link}",
};

type Chosen = NonNullable<HandoffSettings["templates"]>;

interface Props {
  shop: string;
  channels: readonly ChannelRules[];
  accounts: readonly Account[];
  value: Chosen;
  onChange: (value: Chosen) => void;
}

export function AwayTemplates({ shop, channels, accounts, value, onChange }: Props): JSX.Element | null {
  const held = templatesOf(shop).value;
  useEffect(() => void ensureTemplates(shop), [shop]);
  if (channels.length === 0) return null;
  return (
    <section class={page.card}>
      <h3>{t("handoff.away")}</h3>
      <p class={page.lead}>{t("handoff.away.lead")}</p>
      {held.state === "loading" && <Skeleton lines={3} />}
      {held.state === "failed" && (
        <Failure text={t("template.failed")} onRetry={() => void ensureTemplates(shop, true)} />
      )}
      {held.state === "ready" &&
        channels.map(({ channel }) => (
          <OneChannel
            key={channel}
            channel={channel}
            templates={held.items.filter((one) =>
              accounts.some((account) => account.id === one.account && account.channel === channel),
            )}
            chosen={value[channel]}
            onChange={(next) => {
              const { [channel]: _gone, ...others } = value;
              onChange(next ? { ...others, [channel]: next } : others);
            }}
          />
        ))}
    </section>
  );
}

interface OneProps {
  channel: string;
  templates: readonly Template[];
  chosen: AwayTemplate | undefined;
  onChange: (next: AwayTemplate | undefined) => void;
}

function OneChannel({ channel, templates, chosen, onChange }: OneProps): JSX.Element {
  const usable = templates.filter((one) => !refusalOf(one) || one.name === chosen?.name);
  const names = [...new Set(usable.map((one) => one.name))].sort();
  const variants = usable.filter((one) => one.name === chosen?.name);
  const places = [...new Set(variants.flatMap(placesOfAway))];
  const link = variants.some((one) =>
    one.buttons.some((button) => button.kind === "url" && button.params?.length),
  );
  const missing = chosen !== undefined && variants.length === 0;
  return (
    <div class={page.form}>
      <Select
        label={channelName(channel)}
        value={chosen?.name ?? ""}
        options={[
          { value: "", label: t("handoff.away.none") },
          ...(missing ? [{ value: chosen.name, label: t("handoff.away.gone", { name: chosen.name }) }] : []),
          ...names.map((name) => ({ value: name, label: name })),
        ]}
        onChange={(name) => onChange(name ? suggested(name, usable) : undefined)}
      />
      {variants.length > 0 && (
        <>
          {variants.slice(0, 3).map((one) => (
            <p key={one.id} class={css.templateText} dir="auto">
              <span class={page.small}>{languageName(one.language)}: </span>
              {one.body.text}
            </p>
          ))}
          <p class={page.small}>{t("handoff.away.words", words)}</p>
          <div class={page.pair}>
            {places.map((place) => (
              <Field
                key={place}
                label={labelOfAway(place)}
                maxLength={500}
                value={chosen?.params?.[place] ?? ""}
                onInput={(event) =>
                  chosen &&
                  onChange({ ...chosen, params: { ...chosen.params, [place]: event.currentTarget.value } })
                }
              />
            ))}
            {link && (
              <Field
                label={t("handoff.away.button")}
                maxLength={200}
                value={chosen?.button ?? ""}
                onInput={(event) => chosen && onChange({ ...chosen, button: event.currentTarget.value })}
              />
            )}
          </div>
        </>
      )}
    </div>
  );
}

/** Places of the heading have its name before theirs. */
function placesOfAway({ header, body }: Template): string[] {
  const above = header?.format === "text" ? (header.params ?? []).map((key) => `header.${key}`) : [];
  return [...above, ...(body.params ?? [])];
}

/** labelOfAway is how the form calls a place. */
function labelOfAway(place: string): string {
  const key = place.replace(/^header\./, "");
  const name = /^\d+$/.test(key) ? t("template.place.number", { number: key }) : key.replaceAll("_", " ");
  return place.startsWith("header.") ? t("template.place.header", { name }) : name;
}

/** suggested fills the places with what plainly belongs there: a name, the shop, the message; the link goes into a button. */
export function suggested(name: string, templates: readonly Template[]): AwayTemplate {
  const variants = templates.filter((one) => one.name === name);
  const params: Record<string, string> = {};
  const order = ["{shopper}", "{shop}", "{message}"];
  for (const [index, place] of [...new Set(variants.flatMap((one) => one.body.params ?? []))].entries()) {
    params[place] =
      /shop|store/i.test(place) && !/shopper/i.test(place)
        ? "{shop}"
        : /name|customer|shopper/i.test(place)
          ? "{shopper}"
          : /message|text|answer/i.test(place)
            ? "{message}"
            : /^\d+$/.test(place)
              ? (order[index] ?? "")
              : "";
  }
  const link = variants.some((one) =>
    one.buttons.some((button) => button.kind === "url" && button.params?.length),
  );
  return { name, ...(Object.keys(params).length ? { params } : {}), ...(link ? { button: "{link}" } : {}) };
}
