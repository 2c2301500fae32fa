// Where an agent writes. A reply and a note are two texts in two colours with two names on the button, so that nobody
// sends the one for the other. Nothing is sent while an input method is composing.
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Conversation } from "../api/types";
import { composeOf } from "../channels/compose";
import { t } from "../i18n";
import { changeDraft, draftOf } from "../state/drafts";
import { clearExtras, type Extras, extrasOf, hasExtras } from "../state/extras";
import { liveSession, threadOf } from "../state/live";
import { commandKey, narrow } from "../state/media";
import { enter } from "../state/prefs";
import { reachOf } from "../state/reach";
import { agent } from "../state/session";
import { addFiles, clearUploads, maxFiles, type Pending, uploadsOf } from "../state/uploads";
import { Button, IconButton } from "../ui/button";
import { cx } from "../ui/cx";
import { Icon } from "../ui/icons";
import { toast } from "../ui/toast";
import { BlockedNotice, ComposeNotice, CostHint } from "./compose-notice";
import css from "./composer.module.css";
import { CardMenu, ExtraChips } from "./composer-cards";
import { FileChip } from "./composer-file";
import { askCompose, offerComposer } from "./intents";
import { shopperName } from "./names";
import { Target } from "./target";
import { TemplatePicker } from "./template-picker";

const maxCodePoints = 8000;

/** sendable: there is something to send, it fits, and every file of it has arrived. */
export function sendable(text: string, files: readonly Pending[], extras?: Extras): boolean {
  if (files.some((one) => !one.attachment)) return false;
  if (text.length > maxCodePoints && Array.from(text).length > maxCodePoints) return false;
  return text !== "" || files.length > 0 || (extras !== undefined && hasExtras(extras));
}

export function Composer({ conversation }: { conversation: Conversation }): JSX.Element {
  const { id, shop } = conversation;
  const draft = draftOf(id);
  const { mode } = draft;
  const text = draft[mode];
  const area = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const [dragging, setDragging] = useState(false);
  const uploads = uploadsOf(id);
  // A note is for the team: nothing of the shop is sent with it.
  const extras = mode === "reply" ? extrasOf(id) : undefined;
  const overtaken = useOvertaken(id, text !== "" && mode === "reply");
  const note = mode === "note";
  const reach = reachOf(id).value.value;
  const compose = composeOf(reach);
  const blocked = !note && compose.mode !== "free";
  const elsewhere = compose.channel !== "web" || compose.follows !== undefined;
  const [picking, setPicking] = useState(false);
  const count = text.length > maxCodePoints * 0.9 ? Array.from(text).length : 0;

  useLayoutEffect(() => (area.current ? offerComposer(id, area.current) : undefined), [id]);

  // Who was writing when it closed goes on at the way out; the focus is never lost.
  useLayoutEffect(() => {
    const element = area.current;
    if (!blocked || !element || document.activeElement !== element) return;
    element.parentElement?.querySelector<HTMLElement>("[data-blocked] button")?.focus();
  }, [blocked]);

  // The area grows with its text, up to a third of the window.
  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, Math.round(innerHeight * 0.34))}px`;
  }, [text, mode]);

  const send = () => {
    // Read again: keys may have come since this was drawn.
    const current = draftOf(id);
    const written = current[current.mode].trim();
    const files = uploadsOf(id);
    const going = current.mode === "reply" ? extrasOf(id) : undefined;
    if (!sendable(written, files, going)) return;
    if (current.mode === "reply" && composeOf(reachOf(id).value.value).mode !== "free") return;
    if (overtaken.name !== undefined && current.mode === "reply") {
      overtaken.ask();
      return;
    }
    const ids = files.flatMap((one) => one.attachment?.id ?? []);
    const returning = current.mode === "reply" && current.back && elsewhere;
    const message = {
      ...(written ? { text: written } : {}),
      ...(ids.length ? { attachment_ids: ids } : {}),
      ...(returning ? { return_link: true } : {}),
      ...(going?.cards.length ? { cards: [...going.cards] } : {}),
      ...(going?.order ? { order: going.order.external_id } : {}),
      ...(going?.coupon ? { coupon: going.coupon } : {}),
    };
    void liveSession()
      ?.send(message, { key: id, kind: current.mode === "note" ? "note" : "message" })
      .catch(() => toast(t("problem.unexpected"), { tone: "error" }));
    // The mode stays: a second note typed after the first must not go to the shopper.
    changeDraft(id, { [current.mode]: "", ...(returning ? { back: false } : {}) });
    if (area.current) area.current.value = "";
    clearUploads(id);
    if (going) clearExtras(id);
    overtaken.reset();
    area.current?.focus();
  };

  const keys = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      area.current?.blur();
      return;
    }
    // 229 is what some browsers send for the Enter that ends a composition.
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    const command = event.metaKey || event.ctrlKey;
    const plain = enter.value === "sends" && !narrow.value && !event.shiftKey && !event.altKey;
    if (!command && !plain) return;
    event.preventDefault();
    send();
  };

  const take = (list: FileList | null | undefined) => {
    const files = [...(list ?? [])];
    if (files.length === 0) return;
    if (uploads.length + files.length > maxFiles)
      toast(t("composer.toomany", { count: maxFiles }), { tone: "error" });
    addFiles(shop, id, files);
  };

  const label = note
    ? t("composer.note.label")
    : t("composer.reply.label", { name: shopperName(conversation.shopper) });
  const sends = enter.value === "sends" && !narrow.value;
  return (
    <div class={css.place}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping has its button beside it */}
      <div
        class={cx(css.composer, note && css.note, dragging && css.dragging)}
        onDragOver={(event) => {
          if (!event.dataTransfer?.types.includes("Files")) return;
          event.preventDefault();
          setDragging(true);
        }}
        onDragLeave={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDragging(false);
        }}
        onDrop={(event) => {
          if (!event.dataTransfer?.files.length) return;
          event.preventDefault();
          setDragging(false);
          take(event.dataTransfer.files);
        }}
      >
        <div class={css.modes} role="radiogroup" aria-label={t("composer.mode")}>
          {(["reply", "note"] as const).map((one) => (
            <button
              key={one}
              type="button"
              role="radio"
              aria-checked={mode === one}
              tabIndex={mode === one ? 0 : -1}
              class={cx(css.mode, mode === one && css.chosen)}
              data-keys={one === "reply" ? "r" : "n"}
              data-tip={t(`composer.${one}.tip`)}
              onClick={() => askCompose(one)}
              onKeyDown={(event) => {
                if (!event.key.startsWith("Arrow")) return;
                event.preventDefault();
                changeDraft(id, { mode: one === "reply" ? "note" : "reply" });
                const other = (event.currentTarget.nextElementSibling ??
                  event.currentTarget.previousElementSibling) as HTMLElement;
                other?.focus();
              }}
            >
              <Icon name={one === "reply" ? "reply" : "note"} size={15} />
              {t(`composer.${one}`)}
              {draft[one] !== "" && mode !== one && <span class={css.dot} />}
            </button>
          ))}
          {note ? (
            <span class={css.for} aria-hidden="true">
              {t("composer.note.hint")}
            </span>
          ) : (
            <Target conversation={conversation} compose={compose} reach={reach} />
          )}
        </div>
        {!note && !blocked && <ComposeNotice compose={compose} />}
        {blocked && (
          <BlockedNotice conversation={conversation} compose={compose} onPick={() => setPicking(true)} />
        )}
        <textarea
          ref={area}
          class={css.area}
          hidden={blocked}
          rows={2}
          dir="auto"
          aria-label={label}
          placeholder={note ? t("composer.note.placeholder") : t("composer.reply.placeholder")}
          value={text}
          onInput={(event) => {
            // The mode of this moment: it may have changed after this was drawn.
            const { mode: into } = draftOf(id);
            changeDraft(id, { [into]: event.currentTarget.value });
            if (event.currentTarget.value) liveSession()?.typing(id, into === "note");
          }}
          onKeyDown={keys}
          onPaste={(event) => {
            const files = event.clipboardData?.files;
            if (!files?.length) return;
            event.preventDefault();
            take(files);
          }}
        />
        {extras && !blocked && <ExtraChips conversation={id} extras={extras} />}
        {uploads.length > 0 && !blocked && (
          <ul class={css.files} aria-label={t("composer.files")}>
            {uploads.map((one) => (
              <FileChip key={one.key} file={one} shop={shop} conversation={id} />
            ))}
          </ul>
        )}
        {overtaken.name !== undefined && overtaken.asked && (
          <p class={css.overtaken} role="alert">
            <Icon name="warning" size={16} />
            <span>{t("composer.overtaken", { name: overtaken.name })}</span>
            <Button
              small
              onClick={() => {
                overtaken.confirm();
                area.current?.focus();
              }}
            >
              {t("composer.overtaken.confirm")}
            </Button>
          </p>
        )}
        <div class={css.bar} hidden={blocked}>
          <IconButton
            icon="clip"
            label={t("composer.attach")}
            disabled={uploads.length >= maxFiles}
            onClick={() => picker.current?.click()}
          />
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            tabIndex={-1}
            onChange={(event) => {
              take(event.currentTarget.files);
              event.currentTarget.value = "";
            }}
          />
          {!note && <CardMenu conversation={conversation} />}
          {!note && (elsewhere || compose.template) && (
            <ChannelExtras
              templates={compose.template !== undefined}
              returns={elsewhere}
              back={draft.back}
              onBack={() => changeDraft(id, { back: !draft.back })}
              onTemplate={() => setPicking(true)}
            />
          )}
          {!note && <CostHint compose={compose} reach={reach} />}
          <span class={css.hint}>
            {count > 0 ? (
              <span class={cx(count > maxCodePoints && css.over)}>
                {count} / {maxCodePoints}
              </span>
            ) : (
              !narrow.value && (
                <button
                  type="button"
                  class={css.rule}
                  data-tip={t("composer.enter.change")}
                  onClick={() => {
                    enter.value = sends ? "breaks" : "sends";
                  }}
                >
                  {sends ? t("composer.enter.sends") : t("composer.enter.breaks", { key: commandKey })}
                </button>
              )
            )}
          </span>
          <Button
            look="primary"
            small
            icon={note ? "note" : "send"}
            disabled={!sendable(text.trim(), uploads, extras)}
            onClick={send}
            class={cx(note && css.noteButton)}
          >
            {t(note ? "composer.note.send" : "composer.reply.send")}
          </Button>
        </div>
      </div>
      {picking && compose.template && (
        <TemplatePicker
          conversation={conversation}
          way={compose.template}
          reach={reach}
          onClose={() => {
            setPicking(false);
            area.current?.focus();
          }}
        />
      )}
    </div>
  );
}

/** What only a message to another channel can have: a way back, or a template in place of a text. */
function ChannelExtras(props: {
  templates: boolean;
  returns: boolean;
  back: boolean;
  onBack: () => void;
  onTemplate: () => void;
}): JSX.Element {
  return (
    <>
      {props.templates && (
        <IconButton icon="template" label={t("composer.template")} onClick={props.onTemplate} />
      )}
      {props.returns && (
        <IconButton
          icon="link"
          label={t("composer.back")}
          on={props.back}
          aria-pressed={props.back}
          onClick={props.onBack}
        />
      )}
    </>
  );
}

/** useOvertaken notices that a colleague answered while this agent was writing; then sending asks first. */
function useOvertaken(conversation: string, writing: boolean) {
  const thread = threadOf(conversation).value;
  const since = useRef<number | undefined>(undefined);
  const [asked, setAsked] = useState(false);
  const [confirmed, setConfirmed] = useState(0);
  const head = thread?.seq ?? 0;
  if (!writing) since.current = undefined;
  else if (since.current === undefined) since.current = head;
  const from = Math.max(since.current ?? head, confirmed);
  const other = thread?.items.findLast(
    (item) =>
      item.kind === "message" &&
      item.author.kind === "agent" &&
      item.author.id !== agent.value?.id &&
      (item.seq ?? 0) > from,
  );
  return {
    name: other?.author.name,
    asked,
    ask: () => setAsked(true),
    confirm: () => {
      setConfirmed(head);
      setAsked(false);
    },
    reset: () => {
      setAsked(false);
      since.current = undefined;
    },
  };
}
