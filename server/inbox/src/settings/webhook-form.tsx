// The fields of a webhook: where it goes, and what it is told.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError, api, url } from "../api/client";
import type { Webhook, WebhookType } from "../api/developers";
import { t } from "../i18n";
import { failureText, fieldProblem } from "../i18n/problems";
import { navigate, pathOf } from "../router";
import { Button } from "../ui/button";
import { Check, Field } from "../ui/field";
import { Icon } from "../ui/icons";
import { toast } from "../ui/toast";
import { Once } from "./copy";
import css from "./settings.module.css";
import { eventGroups } from "./webhook-events";
import { toWebhooks } from "./webhooks";

interface FormProps {
  webhook?: Webhook;
  submit: string;
  save: (typed: { url: string; description: string; events: WebhookType[] }) => Promise<void>;
}

export function WebhookForm({ webhook, submit, save }: FormProps): JSX.Element {
  const [address, setAddress] = useState(webhook?.url ?? "");
  const [description, setDescription] = useState(webhook?.description ?? "");
  const [events, setEvents] = useState<readonly WebhookType[]>(webhook?.events ?? []);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();

  const send = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await save({ url: address.trim(), description: description.trim(), events: [...events] });
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const refused = problem instanceof ApiError && problem.code === "url_not_allowed";
  return (
    <form class={css.card} onSubmit={send}>
      <Field
        label={t("hooks.url")}
        hint={t("hooks.url.hint")}
        required
        dir="ltr"
        maxLength={2000}
        placeholder="https://erp.example.com/tagalong"
        value={address}
        problem={refused ? failureText(problem) : fieldProblem(problem, "url")}
        onInput={(event) => setAddress(event.currentTarget.value)}
      />
      <Field
        label={t("hooks.description")}
        hint={t("hooks.description.hint")}
        maxLength={200}
        value={description}
        problem={fieldProblem(problem, "description")}
        onInput={(event) => setDescription(event.currentTarget.value)}
      />
      {eventGroups.map(({ id, types }) => (
        <fieldset key={id} class={css.fieldset}>
          <legend>{t(`hooks.group.${id}`)}</legend>
          {types.map((type) => (
            <Check
              key={type}
              label={t(`hooks.event.${type}`)}
              hint={type}
              checked={events.includes(type)}
              onChange={(on) => setEvents(on ? [...events, type] : events.filter((one) => one !== type))}
            />
          ))}
        </fieldset>
      ))}
      {problem !== undefined && !refused && (
        <p class={css.problem} role="alert">
          {failureText(problem)}
        </p>
      )}
      <div class={css.actions}>
        <Button
          look="primary"
          type="submit"
          busy={busy}
          disabled={events.length === 0 || address.trim() === ""}
        >
          {submit}
        </Button>
        {events.length === 0 && <span class={css.small}>{t("hooks.events.choose")}</span>}
      </div>
    </form>
  );
}

/** NewWebhook shows the secret once, right after making: the receiver needs it to trust what comes. */
export function NewWebhook({
  shop,
  onMade,
}: {
  shop: string;
  onMade: (webhook: Webhook) => void;
}): JSX.Element {
  const [made, setMade] = useState<Webhook>();
  return (
    <div class={css.stack}>
      <BackToWebhooks shop={shop} />
      {made ? (
        <>
          <h3>{t("hooks.made")}</h3>
          {made.secret && <Once text={made.secret} label={t("hooks.secret")} />}
          <p class={css.lead}>{t("hooks.secret.use")}</p>
          <div class={css.actions}>
            <Button look="primary" onClick={() => navigate(toWebhooks(shop, made.id), { replace: true })}>
              {t("hooks.made.go")}
            </Button>
          </div>
        </>
      ) : (
        <>
          <h3>{t("hooks.new")}</h3>
          <WebhookForm
            submit={t("hooks.create")}
            save={async ({ description, ...typed }) => {
              const { secret, ...kept } = await api.post<Webhook>(url(["shops", shop, "webhooks"]), {
                ...typed,
                ...(description ? { description } : {}),
              });
              setMade({ ...kept, ...(secret ? { secret } : {}) });
              onMade(kept);
              toast(t("hooks.made"));
            }}
          />
        </>
      )}
    </div>
  );
}

export function BackToWebhooks({ shop }: { shop: string }): JSX.Element {
  return (
    <p class={css.backLink}>
      <Icon name="back" size={16} />
      <a href={pathOf(toWebhooks(shop))}>{t("hooks.all")}</a>
    </p>
  );
}
