// Finds products as somebody types and puts up to ten of them, or of their variants, into the reply as cards. The focus
// stays in the field: arrows move, Enter picks or opens a product's variants, Ctrl/⌘ + Enter is done.
import type { JSX } from "preact";
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import type { Conversation, Product } from "../api/types";
import { t, textIn } from "../i18n";
import { money, number } from "../i18n/formats";
import { buyable, type Choice, cardOf, choiceKey, priceOf, stockOf, variantsOf } from "../orders/card";
import { addCards, extrasOf, maxCards } from "../state/extras";
import { commandKey } from "../state/media";
import { type Finder, type Found, finder } from "../state/products";
import { Button, IconButton } from "../ui/button";
import { cx } from "../ui/cx";
import { Dialog } from "../ui/dialog";
import { Check } from "../ui/field";
import { Icon } from "../ui/icons";
import { Empty, Failure, Skeleton } from "../ui/states";
import { Chip } from "../ui/tag";
import css from "./card-pickers.module.css";
import { Picture } from "./picture";

interface Props {
  conversation: Conversation;
  onClose: () => void;
}

/** A line of the list: a product, or below an opened one its choices. */
type Row = { kind: "product"; product: Product; open: boolean } | { kind: "choice"; choice: Choice };

/** rowsOf lays the found products out as lines; the opened one shows what can be chosen of it. */
export function rowsOf(products: readonly Product[], opened: string | undefined): Row[] {
  return products.flatMap((product): Row[] => {
    const variants = variantsOf(product);
    if (variants.length === 0) return [{ kind: "choice", choice: { product } }];
    const open = product.external_id === opened;
    const head: Row = { kind: "product", product, open };
    if (!open) return [head];
    const whole: Row = { kind: "choice", choice: { product } };
    return [
      head,
      whole,
      ...variants.map((variant): Row => ({ kind: "choice", choice: { product, variant } })),
    ];
  });
}

export function ProductPicker({ conversation, onClose }: Props): JSX.Element {
  const { id, shop, shopper } = conversation;
  const room = maxCards - extrasOf(id).cards.length;
  const [found, setFound] = useState<Found>({ state: "loading", items: [] });
  const [query, setQuery] = useState("");
  const [opened, setOpened] = useState<string>();
  const [active, setActive] = useState(0);
  const [chosen, setChosen] = useState<readonly Choice[]>([]);
  const [cart, setCart] = useState(true); // it shows only where the page can do it
  const search = useRef<Finder>(undefined);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const listId = useId();

  useEffect(() => {
    const made = finder(shop, (next) => {
      setFound(next);
      if (next.state === "ready") setActive(0);
    });
    search.current = made;
    made.ask("");
    return made.stop;
  }, [shop]);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    list.current?.querySelector("[data-active]")?.scrollIntoView?.({ block: "nearest" });
  });

  const items = found.state === "failed" ? [] : found.items;
  const rows = useMemo(() => rowsOf(items, opened), [items, opened]);
  const at = Math.max(0, Math.min(active, rows.length - 1));
  const picked = new Set(chosen.map(choiceKey));
  const full = chosen.length >= room;

  const toggle = (choice: Choice) => {
    const key = choiceKey(choice);
    if (picked.has(key)) setChosen(chosen.filter((one) => choiceKey(one) !== key));
    else if (!full) setChosen([...chosen, choice]);
  };
  const take = (row: Row | undefined, index: number) => {
    if (!row) return;
    setActive(index);
    if (row.kind === "choice") toggle(row.choice);
    else setOpened(row.open ? undefined : row.product.external_id);
  };
  const add = async () => {
    if (chosen.length === 0) return;
    const button = cart ? await textIn(shopper.language, "card.cart.button") : undefined;
    addCards(
      id,
      chosen.map((choice) => cardOf(choice, button)),
    );
    onClose();
  };

  const keys = (event: KeyboardEvent) => {
    if (event.isComposing || event.keyCode === 229) return;
    const row = rows[at];
    const rtl = document.documentElement.dir === "rtl";
    const end = field.current?.selectionStart === field.current?.value.length;
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) void add();
    else if (event.key === "Enter") take(row, at);
    else if (event.key === "ArrowDown") setActive(rows.length ? (at + 1) % rows.length : 0);
    else if (event.key === "ArrowUp") setActive(rows.length ? (at - 1 + rows.length) % rows.length : 0);
    else if (event.key === (rtl ? "ArrowLeft" : "ArrowRight") && row?.kind === "product" && end)
      setOpened(row.product.external_id);
    else if (event.key === (rtl ? "ArrowRight" : "ArrowLeft") && opened && row?.kind === "product")
      setOpened(undefined);
    else if (event.key === "Backspace" && query === "" && chosen.length > 0) setChosen(chosen.slice(0, -1));
    else return;
    event.preventDefault();
  };

  const carted = chosen.filter(buyable).length;
  return (
    <Dialog title={t("cards.product")} onClose={onClose} wide>
      <div class={css.finder} data-testid="product-picker">
        <div class={css.field}>
          <Icon name="search" size={16} />
          <input
            ref={field}
            type="text"
            role="combobox"
            aria-label={t("cards.product.search")}
            aria-expanded="true"
            aria-controls={listId}
            aria-activedescendant={rows[at] ? `${listId}-${at}` : undefined}
            aria-autocomplete="list"
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            maxLength={100}
            placeholder={t("cards.product.search")}
            value={query}
            onInput={(event) => {
              setQuery(event.currentTarget.value);
              setOpened(undefined);
              search.current?.ask(event.currentTarget.value);
            }}
            onKeyDown={keys}
          />
        </div>
        <div class={css.results} aria-busy={found.state === "loading"}>
          {found.state === "failed" && (
            <Failure text={t("cards.product.failed")} onRetry={() => search.current?.ask(query)} />
          )}
          {found.state === "loading" && items.length === 0 && <Skeleton lines={6} />}
          {found.state === "ready" && items.length === 0 && (
            <Empty icon="bag" title={t(query.trim() ? "cards.product.nothing" : "cards.product.none")}>
              {!query.trim() && t("cards.product.none.more")}
            </Empty>
          )}
          <div
            ref={list}
            id={listId}
            role="listbox"
            aria-label={t("cards.product.list")}
            aria-multiselectable="true"
            class={cx(css.list, found.state === "loading" && css.stale)}
          >
            {rows.map((row, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's, which keeps the focus
              <div
                key={row.kind === "product" ? row.product.external_id : choiceKey(row.choice)}
                id={`${listId}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={row.kind === "choice" && picked.has(choiceKey(row.choice))}
                data-active={index === at || undefined}
                class={cx(css.row, index === at && css.active, isBelow(row) && css.below)}
                onPointerMove={() => index !== at && setActive(index)}
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => take(row, index)}
              >
                {row.kind === "product" ? (
                  <ProductRow product={row.product} open={row.open} />
                ) : (
                  <ChoiceRow choice={row.choice} picked={picked.has(choiceKey(row.choice))} />
                )}
              </div>
            ))}
          </div>
        </div>
        <p class="sr" role="status">
          {found.state === "ready" ? t("cards.product.count", { count: items.length }) : ""}
        </p>
        {chosen.length > 0 && (
          <ul class={css.tray} aria-label={t("cards.chosen")}>
            {chosen.map((choice) => {
              const name = nameOf(choice);
              return (
                <li key={choiceKey(choice)}>
                  <bdi>{name}</bdi>
                  <IconButton
                    icon="close"
                    size={14}
                    label={t("composer.remove", { name })}
                    onClick={() => {
                      toggle(choice);
                      field.current?.focus();
                    }}
                  />
                </li>
              );
            })}
          </ul>
        )}
        {full && chosen.length > 0 && <p class={css.foot}>{t("cards.product.full", { count: maxCards })}</p>}
        <footer class={css.actions}>
          <Check
            label={t("cards.product.cart")}
            hint={
              cart && carted < chosen.length
                ? t("cards.product.cart.some", { count: chosen.length - carted })
                : t("cards.product.cart.hint")
            }
            checked={cart}
            onChange={setCart}
          />
          <Button
            look="primary"
            disabled={chosen.length === 0}
            data-tip={`${commandKey} + Enter`}
            onClick={() => void add()}
          >
            {t("cards.add", { count: chosen.length })}
          </Button>
        </footer>
      </div>
    </Dialog>
  );
}

const isBelow = (row: Row): boolean => row.kind === "choice" && variantsOf(row.choice.product).length > 0;

const nameOf = ({ product, variant }: Choice): string =>
  [product.title ?? product.external_id, variant?.title].filter(Boolean).join(", ");

function ProductRow({ product, open }: { product: Product; open: boolean }): JSX.Element {
  return (
    <>
      <Picture address={product.image_url} alt="" size={40} />
      <span class={css.words}>
        <span class={css.title}>
          <bdi>{product.title ?? product.external_id}</bdi>
        </span>
        <span class={css.sub}>{t("cards.product.variants", { count: variantsOf(product).length })}</span>
      </span>
      <span class={css.meta}>
        <StockMark choice={{ product }} />
        <Price choice={{ product }} />
      </span>
      <span class={cx(css.turn, open && css.turned)}>
        <Icon name="down" size={16} />
      </span>
    </>
  );
}

function ChoiceRow({ choice, picked }: { choice: Choice; picked: boolean }): JSX.Element {
  const { product, variant } = choice;
  const below = variantsOf(product).length > 0;
  return (
    <>
      {below ? <span class={css.branch} /> : <Picture address={product.image_url} alt="" size={40} />}
      <span class={css.words}>
        <span class={css.title}>
          <bdi>
            {variant
              ? (variant.title ?? variant.sku ?? variant.external_id)
              : below
                ? t("cards.product.whole")
                : (product.title ?? product.external_id)}
          </bdi>
        </span>
        {variant?.sku && variant.title && (
          <span class={css.sub}>
            <bdi>{variant.sku}</bdi>
          </span>
        )}
      </span>
      {(!below || variant) && (
        <span class={css.meta}>
          <StockMark choice={choice} />
          <Price choice={choice} />
        </span>
      )}
      <span class={cx(css.box, picked && css.checked)}>{picked && <Icon name="check" size={14} />}</span>
    </>
  );
}

function Price({ choice }: { choice: Choice }): JSX.Element | null {
  const price = priceOf(choice);
  if (!price) return null;
  return (
    <span class={css.price}>
      {price.to
        ? t("cards.product.range", { from: money(price.from), to: money(price.to) })
        : money(price.from)}
    </span>
  );
}

function StockMark({ choice }: { choice: Choice }): JSX.Element | null {
  const stock = stockOf(choice);
  if (stock.state === "unknown") return null;
  if (stock.state === "out") return <Chip tone="danger">{t("cards.stock.out")}</Chip>;
  return (
    <Chip tone={stock.state === "few" ? "warn" : "plain"}>
      {t(stock.state === "few" ? "cards.stock.few" : "cards.stock.in", { count: number(stock.count) })}
    </Chip>
  );
}
