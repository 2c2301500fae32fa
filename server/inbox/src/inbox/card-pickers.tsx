// The pickers that open from the composer. They come when they are first asked for.
import type { JSX } from "preact";
import type { Conversation } from "../api/types";
import { CouponPicker } from "./coupon-picker";
import type { CardKind } from "./intents";
import { OrderPicker } from "./order-picker";
import { ProductPicker } from "./product-picker";

interface Props {
  kind: CardKind;
  conversation: Conversation;
  onClose: () => void;
}

export function CardPicker({ kind, ...rest }: Props): JSX.Element {
  switch (kind) {
    case "product":
      return <ProductPicker {...rest} />;
    case "order":
      return <OrderPicker {...rest} />;
    case "coupon":
      return <CouponPicker {...rest} />;
  }
}
