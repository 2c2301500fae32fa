// What a plugin key may do, in plain words and with what that means for the merchant.
import type { Scope } from "../api/types";
import { has, t } from "../i18n";
import type { IconName } from "../ui/icons";

export const scopes: readonly { scope: Scope; icon: IconName }[] = [
  { scope: "context:write", icon: "bag" },
  { scope: "context:read", icon: "eye" },
  { scope: "conversations:read", icon: "inbox" },
  { scope: "conversations:write", icon: "reply" },
  { scope: "webhooks:write", icon: "pulse" },
];

/** scopeWord falls back to the scope itself: a newer server may know one that this app does not. */
export function scopeWord(scope: string): string {
  const key = `scope.${scope}`;
  return has(key) ? t(key) : scope;
}
