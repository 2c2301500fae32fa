// The words for the server's stable codes about channels. A code without words of its own says itself, so that support can
// look it up.
import type { HandoffStep, Hint, RouteStep } from "../api/channels";
import { has, t } from "../i18n";
import { channelName } from "../ui/channel";

export function reasonText(code: string | undefined): string {
  if (!code) return "";
  const key = `reason.${code}`;
  return has(key) ? t(key) : t("reason.other", { code });
}

/** helpText says what an agent can do about it; empty: nothing but to wait. */
export function helpText(code: string | undefined): string {
  const key = `help.${code}`;
  return has(key) ? t(key) : "";
}

export function routeText(step: RouteStep): string {
  if (step.to === "web") return t("event.route.home");
  const channel = channelName(step.to);
  const key = `event.route.why.${step.reason}`;
  return has(key)
    ? t("event.route.along.why", { channel, why: t(key) })
    : t("event.route.along", { channel });
}

export function handoffText(step: HandoffStep): string {
  const key = `event.handoff.${step.state}`;
  if (!has(key)) return t("event.handoff");
  const text = t(key, { channel: channelName(step.to), name: step.name || t("author.shopper") });
  return step.reason && step.state === "failed" ? `${text} ${reasonText(step.reason)}` : text;
}

export function hintText(hint: Hint): string {
  const key = `hint.${hint.code}`;
  return has(key) ? t(key, { detail: hint.detail ?? "" }).trim() : t("hint.other", { code: hint.code });
}
