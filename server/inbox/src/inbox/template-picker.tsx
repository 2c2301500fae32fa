// Chooses an approved template and fills its places, with the message beside it as the shopper will read it. What can't be
// used is listed with the reason, so that nobody looks for it in vain.
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Reach, ReachWay, Template } from "../api/channels";
import type { Conversation } from "../api/types";
import {
  filled,
  fillOf,
  linkButton,
  matches,
  type Place,
  placeId,
  placesOf,
  plainText,
  problemOfValue,
  refusalOf,
  sorted,
  suggestions,
  type Values,
} from "../channels/template";
import { has, t } from "../i18n";
import { languageName } from "../i18n/formats";
import { liveSession } from "../state/live";
import { narrow } from "../state/media";
import { agent, manages, shopOf } from "../state/session";
import { ensureTemplates, templatesOf } from "../state/templates";
import { Button } from "../ui/button";
import { channelName } from "../ui/channel";
import { cx } from "../ui/cx";
import { Dialog } from "../ui/dialog";
import { Check, Field, Select } from "../ui/field";
import { Icon } from "../ui/icons";
import { Empty, Failure, Skeleton } from "../ui/states";
import { Chip } from "../ui/tag";
import { toast } from "../ui/toast";
import { costText } from "./compose-notice";
import { shopperName } from "./names";
import css from "./template-picker.module.css";
import { TemplatePreview } from "./template-preview";

interface Props {
  conversation: Conversation;
  way: ReachWay;
  reach: Reach | undefined;
  onClose: () => void;
}

export function TemplatePicker({ conversation, way, reach, onClose }: Props): JSX.Element {
  const { shop } = conversation;
  const held = templatesOf(shop).value;
  const account = way.account.id;
  const [chosen, setChosen] = useState<Template>();
  useEffect(() => void ensureTemplates(shop), [shop]);

  const own = held.state === "ready" ? held.items.filter((one) => one.account === account) : [];
  return (
    <Dialog
      title={t("template.title", { channel: channelName(way.address.channel) })}
      onClose={onClose}
      broad
    >
      {held.state === "loading" && <Skeleton lines={6} />}
      {held.state === "failed" && (
        <Failure text={t("template.failed")} onRetry={() => void ensureTemplates(shop, true)} />
      )}
      {held.state === "ready" && own.length === 0 && (
        <Empty icon="template" title={t("template.none")}>
          {t(manages.value ? "template.none.manager" : "template.none.agent")}
        </Empty>
      )}
      {own.length > 0 && (
        <div class={css.columns}>
          {(!narrow.value || !chosen) && (
            <Choices
              templates={own}
              language={conversation.shopper.language}
              chosen={chosen}
              onChoose={setChosen}
            />
          )}
          {chosen ? (
            <Fill
              key={chosen.id}
              template={chosen}
              conversation={conversation}
              way={way}
              reach={reach}
              onBack={() => setChosen(undefined)}
              onSent={onClose}
            />
          ) : (
            !narrow.value && (
              <div class={css.fill}>
                <Empty icon="template" title={t("template.choose")} />
              </div>
            )
          )}
        </div>
      )}
    </Dialog>
  );
}

interface ChoicesProps {
  templates: readonly Template[];
  language: string | undefined;
  chosen: Template | undefined;
  onChoose: (template: Template) => void;
}

function Choices({ templates, language: spoken, chosen, onChoose }: ChoicesProps): JSX.Element {
  const [words, setWords] = useState("");
  const [language, setLanguage] = useState("");
  const [category, setCategory] = useState("");
  const list = useRef<HTMLUListElement>(null);
  const languages = useMemo(() => [...new Set(templates.map((one) => one.language))].sort(), [templates]);
  const categories = useMemo(() => [...new Set(templates.map((one) => one.category))].sort(), [templates]);
  const found = useMemo(
    () =>
      sorted(
        templates.filter((one) => matches(one, { words, language, category })),
        spoken,
      ),
    [templates, words, language, category, spoken],
  );
  const move = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const all = [...(list.current?.querySelectorAll<HTMLElement>("button") ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[Math.min(all.length - 1, Math.max(0, at + step))]?.focus();
  };
  return (
    <div class={css.choices} role="group" aria-label={t("template.list")} onKeyDown={move}>
      <label class={css.search}>
        <Icon name="search" size={16} />
        <span class="sr">{t("template.search")}</span>
        <input
          type="search"
          placeholder={t("template.search")}
          value={words}
          onInput={(event) => setWords(event.currentTarget.value)}
        />
      </label>
      {(languages.length > 1 || categories.length > 1) && (
        <div class={css.filters}>
          {languages.length > 1 && (
            <Select
              hideLabel
              label={t("template.language")}
              value={language}
              options={[
                { value: "", label: t("template.language.all") },
                ...languages.map((one) => ({ value: one, label: languageName(one) })),
              ]}
              onChange={setLanguage}
            />
          )}
          {categories.length > 1 && (
            <Select
              hideLabel
              label={t("template.category")}
              value={category}
              options={[
                { value: "", label: t("template.category.all") },
                ...categories.map((one) => ({ value: one, label: t(`category.${one}`) })),
              ]}
              onChange={setCategory}
            />
          )}
        </div>
      )}
      <p class="sr" role="status">
        {t("template.count", { count: found.length })}
      </p>
      {found.length === 0 && <p class={css.nothing}>{t("template.nothing")}</p>}
      <ul ref={list} class={css.list}>
        {found.map((template) => {
          const refusal = refusalOf(template);
          return (
            <li key={template.id}>
              <button
                type="button"
                class={cx(css.choice, chosen?.id === template.id && css.chosen)}
                aria-disabled={refusal !== undefined}
                aria-pressed={chosen?.id === template.id}
                onClick={() => !refusal && onChoose(template)}
              >
                <span class={css.name}>
                  <bdi>{template.name}</bdi>
                </span>
                <span class={css.meta}>
                  {languageName(template.language)} · {t(`category.${template.category}`)}
                </span>
                {refusal ? (
                  <span class={css.refused}>
                    <Icon name="warning" size={13} />
                    <span>{refusalText(template, refusal)}</span>
                  </span>
                ) : (
                  <span class={css.excerpt} dir="auto">
                    {template.body.text}
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** refusalText says why a template can't be chosen, with the provider's word for it. */
export function refusalText(template: Template, refusal: NonNullable<ReturnType<typeof refusalOf>>): string {
  const text = t(`template.refused.${refusal}`, {
    category: t(`category.${template.category}`),
    was: template.was ? t(`category.${template.was}`) : "",
  });
  return template.reason && refusal !== "recategorised" && refusal !== "media"
    ? `${text} (${template.reason})`
    : text;
}

interface FillProps {
  template: Template;
  conversation: Conversation;
  way: ReachWay;
  reach: Reach | undefined;
  onBack: () => void;
  onSent: () => void;
}

function Fill({ template, conversation, way, reach, onBack, onSent }: FillProps): JSX.Element {
  const all = placesOf(template);
  const [values, setValues] = useState<Values>(() =>
    suggestions(template, {
      shopper: conversation.shopper.name ?? way.address.name,
      order: conversation.order?.number,
      shop: shopOf(conversation.shop)?.name,
      agent: agent.value?.name,
    }),
  );
  const [tried, setTried] = useState(false);
  const [back, setBack] = useState(() => leadsBack(template));
  const form = useRef<HTMLFormElement>(null);
  const link = all.some((place) => place.part === "button" && linkButton(template, place));
  const returns = link && back;
  const places = all.filter((place) => !(returns && linkButton(template, place)));
  useEffect(() => form.current?.querySelector<HTMLElement>("input, button[type=submit]")?.focus(), []);

  const submit = (event: Event) => {
    event.preventDefault();
    if (!filled(template, values, returns)) {
      setTried(true);
      form.current?.querySelector<HTMLElement>("[data-bad] input")?.focus();
      return;
    }
    // Its words stand there until the log has them; the server makes them anew from the template.
    const message = {
      text: plainText(template, values),
      template: fillOf(template, values, returns),
      ...(returns ? { return_link: true } : {}),
    };
    const to = { key: conversation.id, kind: "message" as const, address: way.address.id };
    void liveSession()
      ?.send(message, to)
      .catch(() => toast(t("problem.unexpected"), { tone: "error" }));
    onSent();
  };

  return (
    <form ref={form} class={css.fill} onSubmit={submit} noValidate>
      <header class={css.head}>
        {narrow.value && (
          <Button small look="quiet" icon="back" onClick={onBack}>
            {t("template.others")}
          </Button>
        )}
        <h3>
          <bdi>{template.name}</bdi>
        </h3>
        <Chip>{languageName(template.language)}</Chip>
        <Chip tone={template.category === "marketing" ? "warn" : "plain"}>
          {t(`category.${template.category}`)}
        </Chip>
      </header>
      <TemplatePreview template={template} values={values} />
      {link && (
        <Check label={t("template.back")} hint={t("template.back.hint")} checked={back} onChange={setBack} />
      )}
      {places.length > 0 && (
        <fieldset class={css.places}>
          <legend>{t("template.places")}</legend>
          {places.map((place) => {
            const id = placeId(place);
            const problem = tried || values[id] ? problemOfValue(values[id]) : undefined;
            return (
              <div key={id} data-bad={problem ? "" : undefined}>
                <Field
                  label={labelOf(place)}
                  hint={place.part === "button" ? hintOf(template, place) : undefined}
                  maxLength={1024}
                  required
                  value={values[id] ?? ""}
                  problem={
                    problem && (tried || problem !== "empty") ? t(`template.problem.${problem}`) : undefined
                  }
                  onInput={(event) => setValues({ ...values, [id]: event.currentTarget.value })}
                />
              </div>
            );
          })}
        </fieldset>
      )}
      <footer class={css.foot}>
        <p class={css.cost}>{templateCost(template, way, reach)}</p>
        <Button look="primary" type="submit" icon="send">
          {t("template.send", { name: way.address.name || shopperName(conversation.shopper) })}
        </Button>
      </footer>
    </form>
  );
}

/** A link that ends with the parameter of return links is made for the way back. */
const leadsBack = (template: Template): boolean =>
  template.buttons.some((button) => button.kind === "url" && /[?&]tagalong=\{\{/.test(button.url ?? ""));

function labelOf(place: Place): string {
  if (place.part === "button") return t("template.place.button", { button: place.label });
  const name = /^\d+$/.test(place.key)
    ? t("template.place.number", { number: place.key })
    : place.key.replaceAll("_", " ");
  return place.part === "header" ? t("template.place.header", { name }) : name;
}

function hintOf(template: Template, place: Place): string | undefined {
  const button = template.buttons?.[Number(place.key)];
  return button?.url ? t("template.place.url", { url: button.url.replace(/\{\{.*$/, "") }) : undefined;
}

function templateCost(template: Template, way: ReachWay, reach: Reach | undefined): string {
  const price = way.account.prices?.[template.category];
  const planned = way.plan.charged === template.category ? way.plan.cost : undefined;
  const cost = price ?? planned;
  const text = costText({ paid: true, ...(cost ? { cost } : {}) }, reach);
  const key = `category.${template.category}`;
  return `${has(key) ? t(key) : template.category} · ${text}`;
}
