// Which fields a connection has, by channel: how the provider calls it, how links call it. The words are in the locales
// under `connect.<channel>.<field>`.
import type { Channel } from "../api/channels";

export interface AccountFields {
  /** A provider's app stands behind it, and a token opens it. */
  app: boolean;
  business: boolean;
  human: boolean;
  templates: boolean;
  /** One address is both when it is connected; only the handle can be changed later. */
  handleIsId: boolean;
}

const meta = { app: true, business: false, human: true, templates: false, handleIsId: false };

const fields: Partial<Record<Channel, AccountFields>> = {
  whatsapp: { ...meta, business: true, human: false, templates: true },
  messenger: meta,
  instagram: meta,
  email: { app: false, business: false, human: false, templates: false, handleIsId: true },
};

export const fieldsOf = (channel: Channel): AccountFields => fields[channel] ?? { ...meta, human: false };

/** What to subscribe to at the provider, as its console names the fields. */
export const webhookFields: Partial<Record<Channel, readonly string[]>> = {
  whatsapp: [
    "messages",
    "message_template_status_update",
    "message_template_quality_update",
    "template_category_update",
    "account_update",
    "phone_number_quality_update",
    "user_preferences",
  ],
  messenger: [
    "messages",
    "messaging_postbacks",
    "message_reads",
    "message_deliveries",
    "message_echoes",
    "messaging_referrals",
    "messaging_optins",
    "message_reactions",
    "message_edits",
  ],
  instagram: [
    "messages",
    "messaging_postbacks",
    "messaging_seen",
    "messaging_referral",
    "message_reactions",
    "message_edit",
  ],
};
