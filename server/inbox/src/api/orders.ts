// The shop's nouns as plugins push them and the contract has them: orders, shipments, carts, customers, products, coupons.
import type { Card, Coupon, Money, Page } from "@tagalong-chat/sdk/frames";

export interface Line {
  external_id?: string;
  product_external_id?: string;
  variant_external_id?: string;
  sku?: string;
  title: string;
  variant_title?: string;
  quantity: number;
  /** After edits and refunds. */
  quantity_current?: number;
  quantity_fulfilled?: number;
  unit_price?: Money;
  total?: Money;
  image_url?: string;
  url?: string;
}

export interface Totals {
  subtotal?: Money;
  discount?: Money;
  shipping?: Money;
  tax?: Money;
  refunded?: Money;
  total?: Money;
  outstanding?: Money;
}

export interface ShipmentEvent {
  id: string;
  status?: string;
  message?: string;
  at?: number;
  location?: string;
}

export interface Shipment {
  external_id: string;
  order_external_id?: string;
  status?: string;
  /** The platform's own word. */
  status_raw?: string;
  carrier?: string;
  tracking?: { number?: string; url?: string }[];
  lines?: { line_external_id: string; quantity: number }[];
  shipped_at?: number;
  estimated_delivery_at?: number;
  delivered_at?: number;
  events?: ShipmentEvent[];
}

export interface Refund {
  external_id: string;
  amount?: Money;
  reason?: string;
  at?: number;
}

export interface PostalAddress {
  name?: string;
  city?: string;
  region?: string;
  postcode?: string;
  country?: string;
}

export interface Order {
  external_id: string;
  number?: string;
  url_admin?: string;
  placed_at?: number;
  updated_at?: number;
  cancelled_at?: number;
  cancel_reason?: string;
  currency?: string;
  totals?: Totals;
  financial_status?: string;
  fulfillment_status?: string;
  /** The platform's own word. */
  status_raw?: string;
  lines?: Line[];
  shipping_address?: PostalAddress;
  coupons?: string[];
  note?: string;
  test?: boolean;
  guest?: boolean;
  customer?: { external_id?: string; email?: string; phone?: string };
  shopper?: string;
  refunds?: Refund[];
  tags?: string[];
  shipments?: Shipment[];
}

export interface Cart {
  external_id: string;
  stage?: "cart" | "checkout";
  customer?: { external_id?: string; email?: string; phone?: string };
  email?: string;
  lines?: Line[];
  totals?: Totals;
  /** Opens the cart again in whoever's browser follows it. */
  recovery_url?: string;
  last_activity_at?: number;
  completed_at?: number;
  /** When the server took it for abandoned; a change takes that back. */
  abandoned_at?: number;
  shopper?: string;
}

export interface MarketingConsent {
  email?: boolean;
  sms?: boolean;
  whatsapp?: boolean;
  updated_at?: number;
}

export interface Customer {
  external_id?: string;
  email?: string;
  email_verified?: boolean;
  phone?: string;
  first_name?: string;
  last_name?: string;
  locale?: string;
  tags?: string[];
  orders_count?: number;
  total_spent?: Money;
  consent?: MarketingConsent;
  created_at?: number;
}

/** What belongs to an address that somebody typed and nobody proved. */
export interface Claimed {
  email: string;
  customer?: Customer;
  orders: Order[];
  carts: Cart[];
}

export interface ShopperContext {
  customer?: Customer;
  orders: Order[];
  carts: Cart[];
  page?: Page;
  claimed?: Claimed;
}

export interface Variant {
  external_id: string;
  sku?: string;
  title?: string;
  price?: Money;
  /** How many are in stock; absent where the shop does not count. */
  available?: number;
}

export interface Product {
  external_id: string;
  title?: string;
  handle?: string;
  url?: string;
  image_url?: string;
  status?: string;
  price_min?: Money;
  price_max?: Money;
  variants?: Variant[];
}

export type CouponKind = "percent" | "fixed" | "free_shipping";

/** A coupon of the shop's platform; what a message carries of it is an offer. */
export interface ShopCoupon {
  external_id: string;
  code: string;
  kind: CouponKind;
  /** A decimal, such as 12.5. */
  percent?: string;
  amount?: Money;
  starts_at?: number;
  ends_at?: number;
  usage_limit?: number;
  used?: number;
  /** Only this customer may use it. */
  bound_email?: string;
}

export type CouponOffer = Coupon;

/** A card of a product, which the widget can put into the cart where the shop's page lets it. */
export type ProductCard = Omit<Card, "buttons"> & {
  product?: string;
  variant?: string;
  buttons?: { kind: "url" | "reply" | "cart"; title: string; url?: string }[];
};

/** The order as it was when it was sent, made by the server. */
export interface OrderCard {
  external_id: string;
  number: string;
  placed_at?: number;
  total?: Money;
  financial_status?: string;
  fulfillment_status?: string;
  cancelled?: boolean;
  items: { title: string; quantity: number; image_url?: string }[];
  /** How many lines are not among the items. */
  more: number;
  shipment?: { status: string; carrier?: string; number?: string; url?: string };
}

/** A cart that was left. */
export interface CartBrief {
  external_id: string;
  total?: Money;
  items: number;
  recovery_url?: string;
  at: number;
}
