// The objects of the agents' API, as the contract has them.
import type { Money, Page } from "@tagalong-chat/sdk/frames";
import type { HandoffSettings } from "./channels";

export type {
  Attachment,
  Author,
  Card,
  Conversation,
  Draft as MessageDraft,
  Entry,
  Message,
  Money,
  Page,
  Read,
} from "@tagalong-chat/sdk/frames";

export type Role = "owner" | "admin" | "agent";

export interface Agent {
  id: string;
  name: string;
  email: string;
  role: Role;
  active: boolean;
  language?: string;
  created_at: number;
}

export interface Merchant {
  id: string;
  name: string;
}

export interface ShopSettings {
  /** Absent for our own colour. */
  color?: string;
  launcher_side?: "start" | "end";
  greeting: Record<string, string>;
  offline_text: Record<string, string>;
  languages: string[];
  handoff?: HandoffSettings;
}

export interface Shop {
  id: string;
  key: string;
  name: string;
  origins: string[];
  editor_origins: string[];
  language: string;
  time_zone: string;
  currency: string;
  settings: ShopSettings;
  identity_required: boolean;
  created_at: number;
}

export interface Me {
  agent: Agent;
  merchant: Merchant;
  shops: Shop[];
}

export interface Invitation {
  id: string;
  email: string;
  role: Role;
  created_at: number;
  expires_at: number;
  url?: string;
}

export type Scope = "context:write" | "context:read" | "conversations:read" | "conversations:write";

export interface PluginKey {
  id: string;
  name: string;
  scopes: Scope[];
  created_at: number;
  last_used_at?: number;
  last4?: string;
  secret?: string;
}

export interface IdentitySecret {
  kid: string;
  secret?: string;
  created_at: number;
}

export interface Shopper {
  id: string;
  name?: string;
  email?: string;
  phone?: string;
  identified: boolean;
  language?: string;
  customer?: string;
  created_at?: number;
  last_seen_at?: number;
}

export interface Counts {
  mine: number;
  unassigned: number;
  open: number;
  closed: number;
}

export interface Line {
  external_id?: string;
  sku?: string;
  title: string;
  variant_title?: string;
  quantity: number;
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

export interface Shipment {
  external_id: string;
  order_external_id?: string;
  status?: string;
  carrier?: string;
  tracking?: { number: string; url?: string }[];
  shipped_at?: number;
  estimated_delivery_at?: number;
  delivered_at?: number;
}

export interface Order {
  external_id: string;
  number?: string;
  url_admin?: string;
  placed_at?: number;
  updated_at?: number;
  cancelled_at?: number;
  cancel_reason?: string;
  totals?: Totals;
  financial_status?: string;
  fulfillment_status?: string;
  lines?: Line[];
  shipping_address?: { name?: string; city?: string; region?: string; postcode?: string; country?: string };
  coupons?: string[];
  note?: string;
  test?: boolean;
  customer?: { external_id?: string; email?: string; phone?: string };
  shopper?: string;
  shipments?: Shipment[];
}

export interface Cart {
  external_id: string;
  stage?: "cart" | "checkout";
  lines?: Line[];
  totals?: Totals;
  last_activity_at?: number;
  completed_at?: number;
  abandoned_at?: number;
  shopper?: string;
}

export interface Customer {
  external_id?: string;
  email?: string;
  phone?: string;
  first_name?: string;
  last_name?: string;
  locale?: string;
  tags?: string[];
  orders_count?: number;
  total_spent?: Money;
  created_at?: number;
}

export interface ShopperContext {
  customer?: Customer;
  orders: Order[];
  carts: Cart[];
  page?: Page;
}

export interface List<T> {
  items: T[];
  next?: string;
}
