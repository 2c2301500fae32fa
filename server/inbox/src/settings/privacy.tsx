// What people have asked about their data: to see it, or to have it erased. Plugins pass on what platforms ask; a merchant
// asks here for who writes to them.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api, url } from "../api/client";
import type { DataExport, PrivacyRequest, Redaction } from "../api/developers";
import type { List } from "../api/types";
import { t } from "../i18n";
import { date, dateTime } from "../i18n/formats";
import { failureText, fieldProblem } from "../i18n/problems";
import { webLink } from "../inbox/links";
import { Button, IconButton } from "../ui/button";
import { Check, Field, Select } from "../ui/field";
import { Icon } from "../ui/icons";
import { Empty, Failure, Skeleton } from "../ui/states";
import { Chip } from "../ui/tag";
import { toast } from "../ui/toast";
import { Confirm } from "./confirm";
import { useLoaded } from "./load";
import css from "./settings.module.css";

type Kind = PrivacyRequest["kind"];
type By = "email" | "external_id";

const lookEvery = 3000;

export function Privacy({ shop }: { shop: string }): JSX.Element {
  const path = ["shops", shop, "privacy"];
  const [held, load, put] = useLoaded(
    async () => (await api.get<List<PrivacyRequest>>(url(path))).items,
    shop,
  );
  const items = held.state === "ready" ? held.value : [];
  const waiting = items.some((one) => one.state === "pending");

  // What is under way is looked at again, for as long as this page is open.
  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(() => {
      api.get<List<PrivacyRequest>>(url(path)).then(
        ({ items: next }) => put(next),
        () => put([...items]),
      );
    }, lookEvery);
    return () => clearTimeout(timer);
  }, [items, waiting]);

  const took = (one: PrivacyRequest) => put([one, ...items.filter(({ id }) => id !== one.id)]);
  return (
    <div class={css.stack}>
      <p class={css.lead}>{t("privacy.lead")}</p>
      <NewRequest path={path} onMade={took} />
      <section class={css.part} aria-label={t("privacy.list")}>
        <div class={css.head}>
          <h3>{t("privacy.list")}</h3>
          <IconButton icon="refresh" label={t("problems.reload")} onClick={load} />
        </div>
        {held.state === "loading" && <Skeleton lines={4} />}
        {held.state === "failed" && <Failure text={t("settings.failed")} onRetry={load} />}
        {held.state === "ready" && items.length === 0 && (
          <Empty icon="shield" title={t("privacy.none")}>
            {t("privacy.none.more")}
          </Empty>
        )}
        {items.length > 0 && (
          <ul class={css.rows}>
            {items.map((one) => (
              <RequestRow key={one.id} request={one} />
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}

const tones = { pending: "warn", done: "ok", failed: "danger" } as const;

function RequestRow({ request }: { request: PrivacyRequest }): JSX.Element {
  const { kind, state } = request;
  const link = state === "done" && kind === "export" ? webLink(request.url) : undefined;
  return (
    <li class={css.row} data-testid="privacy-request" data-state={state}>
      <Icon name={kind === "export" ? "download" : "trash"} />
      <span class={css.rowText}>
        <span class={css.rowTitle}>
          {t(`privacy.kind.${kind}`)}
          <Chip tone={tones[state]}>{t(`privacy.state.${state}`)}</Chip>
        </span>
        <span class={css.small}>
          {t("privacy.asked", { time: dateTime(request.created_at) })} ·{" "}
          {request.done_at
            ? t("privacy.done", { time: dateTime(request.done_at) })
            : t("privacy.due", { date: date(request.due_at) })}
        </span>
        {state === "done" && <span class={css.small}>{countsOf(request)}</span>}
        {state === "failed" && <span class={css.small}>{t("privacy.failed")}</span>}
        {request.reference && (
          <code class={css.small} dir="ltr">
            {request.reference}
          </code>
        )}
      </span>
      {link && (
        <a
          class={css.download}
          href={link}
          target="_blank"
          rel="noopener noreferrer"
          data-tip={t("privacy.link.tip")}
        >
          <Icon name="download" size={16} /> {t("action.download")}
        </a>
      )}
    </li>
  );
}

const counted = ["customers", "orders", "shipments", "carts", "shoppers"] as const;

/** countsOf names what there was; nothing found is said, since that is an answer too. */
function countsOf({ counts }: PrivacyRequest): string {
  const found = counted.flatMap((what) => {
    const count = counts[what];
    return count > 0 ? [t(`privacy.count.${what}`, { count })] : [];
  });
  return found.length > 0 ? found.join(" · ") : t("privacy.count.none");
}

function NewRequest({
  path,
  onMade,
}: {
  path: readonly string[];
  onMade: (request: PrivacyRequest) => void;
}): JSX.Element {
  const [kind, setKind] = useState<Kind>("export");
  const [by, setBy] = useState<By>("email");
  const [value, setValue] = useState("");
  const [transcripts, setTranscripts] = useState(true);
  const [confirming, setConfirming] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const typed = value.trim();

  const ask = async () => {
    const customer = by === "email" ? { email: typed } : { external_id: typed };
    const body: DataExport | Redaction = kind === "export" ? { customer } : { customer, transcripts };
    const made = await api.post<PrivacyRequest>(url([...path, kind]), body);
    onMade(made);
    setValue("");
    toast(t("privacy.made"));
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (kind === "redact") {
      setConfirming(true);
      return;
    }
    setBusy(true);
    setProblem(undefined);
    try {
      await ask();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class={css.card} onSubmit={submit}>
      <h3>{t("privacy.new")}</h3>
      <fieldset class={css.fieldset}>
        <legend>{t("privacy.what")}</legend>
        {(["export", "redact"] as const).map((one) => (
          <label key={one} class={css.option}>
            <input type="radio" name="kind" checked={kind === one} onChange={() => setKind(one)} />
            <span>
              {t(`privacy.kind.${one}`)}
              <span class={css.optionMore}>{t(`privacy.kind.${one}.more`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div class={css.pair}>
        <Select
          label={t("privacy.by")}
          value={by}
          options={(["email", "external_id"] as const).map((one) => ({
            value: one,
            label: t(`privacy.by.${one}`),
          }))}
          onChange={(next) => setBy(next as By)}
        />
        <Field
          label={t(`privacy.by.${by}`)}
          type={by === "email" ? "email" : "text"}
          dir="ltr"
          autocomplete="off"
          required
          maxLength={by === "email" ? 254 : 200}
          value={value}
          problem={fieldProblem(problem, `customer.${by}`)}
          onInput={(event) => setValue(event.currentTarget.value)}
        />
      </div>
      {kind === "redact" && (
        <Check
          label={t("privacy.transcripts")}
          hint={t("privacy.transcripts.hint")}
          checked={transcripts}
          onChange={setTranscripts}
        />
      )}
      {problem !== undefined && (
        <p class={css.problem} role="alert">
          {failureText(problem)}
        </p>
      )}
      <div class={css.actions}>
        <Button
          look={kind === "redact" ? "danger" : "primary"}
          type="submit"
          busy={busy}
          disabled={typed === ""}
        >
          {t(`privacy.submit.${kind}`)}
        </Button>
      </div>
      {confirming && (
        <Confirm
          title={t("privacy.confirm.title", { who: typed })}
          text={t(transcripts ? "privacy.confirm.all" : "privacy.confirm.text")}
          confirm={t("privacy.submit.redact")}
          onClose={() => setConfirming(false)}
          run={ask}
        />
      )}
    </form>
  );
}
