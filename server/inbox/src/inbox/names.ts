// How people are called where there is little room.
import type { Author, Conversation } from "../api/types";
import { t } from "../i18n";
import { agent } from "../state/session";

/** shopperName falls back to the e-mail, then to the end of the id, so that two strangers are told apart. */
export function shopperName(shopper: Conversation["shopper"]): string {
  return (
    shopper.name || shopper.email || t("shopper.anonymous", { code: shopper.id.slice(-4).toUpperCase() })
  );
}

export function authorName(author: Author, shopper?: Conversation["shopper"]): string {
  if (author.kind === "agent" && author.id && author.id === agent.value?.id) return t("author.you");
  if (author.kind === "shopper" && shopper) return author.name || shopperName(shopper);
  return author.name || t(`author.${author.kind}`);
}
