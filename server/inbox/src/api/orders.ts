// The shop's nouns as plugins push them and the contract has them: orders, shipments, carts, customers, products, coupons.
import type { components } from "@tagalong-chat/sdk/api";

type Schemas = components["schemas"];

export type Order = Schemas["Order"];
export type Line = Schemas["Line"];
export type Shipment = Schemas["Shipment"];
export type ShipmentEvent = Schemas["ShipmentEvent"];
export type PostalAddress = Schemas["PostalAddress"];
export type Cart = Schemas["Cart"];
export type CartBrief = Schemas["CartBrief"];
export type Customer = Schemas["Customer"];
export type MarketingConsent = Schemas["MarketingConsent"];
export type Product = Schemas["Product"];
export type Variant = Schemas["Variant"];

export type ShopperContext = Schemas["ShopperContext"];
/** What belongs to an address that somebody typed and nobody proved. */
export type Claimed = Schemas["ClaimedContext"];

/** A coupon of the shop's platform; what a message carries of it is an offer. */
export type ShopCoupon = Schemas["Coupon"];
export type CouponOffer = Schemas["CouponOffer"];
/** The order as it was when it was sent, made by the server. */
export type OrderCard = Schemas["OrderCard"];
