// The objects of the agents' API, as the contract has them.
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
export type * from "./orders";

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
  /** Whether the widget looks an order up by its number and e-mail; true where absent. */
  order_lookup?: boolean;
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
  /** For trying plugins out: no paid channel serves it. Fixed when it was made. */
  test?: boolean;
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

export type Scope =
  | "context:write"
  | "context:read"
  | "conversations:read"
  | "conversations:write"
  | "webhooks:write";

export interface PluginKey {
  id: string;
  name: string;
  scopes: Scope[];
  created_at: number;
  last_used_at?: number;
  last4?: string;
  secret?: string;
  /** Of a plugin that was connected: what it runs on, and where it lives. */
  platform?: string;
  return_origin?: string;
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

export interface List<T> {
  items: T[];
  next?: string;
}
