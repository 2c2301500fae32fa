// The objects of the agents' API that are about channels: accounts, templates, addresses, handoffs, deliveries, consents.
import type { components } from "@tagalong-chat/sdk/api";

type Schemas = components["schemas"];

export type Channel = Schemas["Channel"];
export type ChannelRules = Schemas["ChannelRules"];

export type ProviderApp = Schemas["ProviderApp"];
export type Account = Schemas["Account"];
export type NewAccount = Schemas["NewAccount"];
export type AccountPatch = Schemas["AccountPatch"];
export type AccountState = Schemas["AccountState"];
export type AccountBrief = Schemas["AccountBrief"];
export type Prices = Schemas["Prices"];
export type Check = Schemas["Check"];
export type DeadWebhook = Schemas["DeadWebhook"];

export type Template = Schemas["Template"];
export type TemplatePart = Schemas["TemplatePart"];
export type TemplateCategory = Schemas["TemplateCategory"];
/** What stands in the places of a template: by the place's name, and for buttons by their index. */
export type TemplateUse = Schemas["TemplateUse"];

export type Address = Schemas["Address"];
export type Form = Schemas["Form"];
export type Plan = Schemas["Plan"];
export type Reach = Schemas["Reach"];
export type ReachWay = Schemas["ReachWay"];
export type Handoff = Schemas["Handoff"];
export type HandoffState = Schemas["HandoffState"];
export type Consent = Schemas["Consent"];
export type Delivery = Schemas["Delivery"];
export type DeliveryState = Schemas["DeliveryState"];

export type HandoffStep = Schemas["HandoffStep"];
export type RouteStep = Schemas["RouteStep"];
export type Hint = Schemas["Hint"];

export type HandoffSettings = Schemas["HandoffSettings"];
export type HandoffChannel = Schemas["HandoffChannel"];
export type AwayTemplate = Schemas["AwayTemplate"];
