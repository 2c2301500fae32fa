// The objects of the agents' API that are for the shop's own software: webhooks, connecting plugins, privacy requests.
import type { components } from "@tagalong-chat/sdk/api";

type Schemas = components["schemas"];

export type Webhook = Schemas["Webhook"];
export type NewWebhook = Schemas["NewWebhook"];
export type WebhookType = Schemas["WebhookType"];
export type WebhookDelivery = Schemas["WebhookDelivery"];
export type WebhookDeliveryState = Schemas["WebhookDeliveryState"];
export type WebhookAttempt = Schemas["WebhookAttempt"];

export type ConnectRequest = Schemas["ConnectRequest"];
export type ConnectLook = Schemas["ConnectLook"];
export type ConnectGrant = Schemas["ConnectGrant"];
export type Registration = Schemas["Registration"];

export type PrivacyRequest = Schemas["PrivacyRequest"];
export type Redaction = Schemas["Redaction"];
export type DataExport = Schemas["DataExport"];
