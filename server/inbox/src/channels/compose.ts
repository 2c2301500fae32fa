// What the composer may send before anything is typed: read from the server's plan. Pure; the server decides again at each
// send, here it is only said beforehand.
import type { Address, Channel, Plan, Reach, ReachWay } from "../api/channels";

/** Holds that a chosen template would end. */
const wantsTemplate = new Set(["template_needed", "template_refused", "template_category"]);

export type ComposeMode = "free" | "template" | "hold";

export interface Compose {
  /** free: a text may be written. template: an approved template must be chosen. hold: nothing can be sent there. */
  mode: ComposeMode;
  channel: Channel;
  /** The address that it goes to; absent on the web. */
  way?: ReachWay;
  plan?: Plan;
  reason: string;
  /** Until when the form is allowed. */
  until?: number;
  /** The window is closed, and the shop's own template tells them that there is an answer. */
  away: boolean;
  /** The text goes with the tag for people's answers. */
  tagged: boolean;
  /** On the web: it follows them there when they leave before they have read it. */
  follows?: ReachWay;
  /** On the web: nothing can follow them when they have left; why. */
  stuck?: string;
  /** A template can be sent to this way. */
  template?: ReachWay;
}

const web: Compose = { mode: "free", channel: "web", reason: "on_web", away: false, tagged: false };

export function wayOf(reach: Reach | undefined, address: string | undefined): ReachWay | undefined {
  return address === undefined ? undefined : reach?.ways.find((way) => way.address.id === address);
}

/** composeOf reads the plan for the next message; without one (it is still being read) the web is written to as ever. */
export function composeOf(reach: Reach | undefined): Compose {
  if (!reach) return web;
  const route = wayOf(reach, reach.route);
  return route && reach.next.form !== "web" ? onChannel(reach, route) : onWeb(reach);
}

/** On the site everything can be written: it stays there. What is planned says whether, and how, it follows them. */
function onWeb(reach: Reach): Compose {
  const { next } = reach;
  const open = reach.ways.find((way) => way.plan.form !== "hold");
  const follows = wayOf(reach, next.form === "hold" ? undefined : next.address) ?? open;
  const here = reach.presence === "here";
  const template = templateWay(reach, follows);
  return {
    ...web,
    plan: next,
    reason: next.reason,
    away: !here && follows?.plan.form === "template",
    ...(follows ? { follows } : {}),
    ...(!here && !follows && reach.ways.length > 0
      ? { stuck: reach.ways[0]?.plan.reason ?? next.reason }
      : {}),
    ...(template ? { template } : {}),
  };
}

/** The route leads to a channel: its own plan counts, even where the server would rather wait to know who is where. */
function onChannel(reach: Reach, route: ReachWay): Compose {
  const planned = wayOf(reach, reach.next.address);
  const way = planned ?? route;
  const plan = planned ? reach.next : route.plan;
  const mode: ComposeMode =
    plan.form !== "hold" ? "free" : wantsTemplate.has(plan.reason) ? "template" : "hold";
  const template = templateWay(reach, way);
  return {
    mode,
    channel: way.address.channel,
    way,
    plan,
    reason: plan.reason,
    ...(plan.until ? { until: plan.until } : {}),
    away: plan.form === "template",
    tagged: plan.form === "human_agent",
    ...(template ? { template } : {}),
  };
}

/** Channels that have templates, as far as an agent is told: the server refuses where it knows better. */
const templated = new Set<Channel>(["whatsapp"]);
const closedForGood = new Set(["stopped", "unreachable", "account_problem", "no_consent", "cap_reached"]);

function templateWay(reach: Reach, first: ReachWay | undefined): ReachWay | undefined {
  const takes = (way: ReachWay) =>
    wantsTemplate.has(way.plan.reason) ||
    (templated.has(way.address.channel) && !(way.plan.form === "hold" && closedForGood.has(way.plan.reason)));
  return first && takes(first) ? first : reach.route ? undefined : reach.ways.find(takes);
}

/** How a person is called on a channel. */
export function personOf(address: Address): string {
  return (
    address.name || (address.username && `@${address.username}`) || address.phone || address.user_id || ""
  );
}

// The window.

export type WindowTone = "calm" | "soon" | "last" | "closed";

export interface WindowState {
  tone: WindowTone;
  until: number;
  left: number;
}

const minute = 60_000;
const hour = 60 * minute;

/** windowOf is the time that is left for free replies: calm above four hours, soon below, last under half an hour. */
export function windowOf(until: number | undefined, now: number): WindowState | undefined {
  if (!until) return undefined;
  const left = until - now;
  const tone = left <= 0 ? "closed" : left < 30 * minute ? "last" : left < 4 * hour ? "soon" : "calm";
  return { tone, until, left: Math.max(0, left) };
}

/** nextChange is the first moment from now on at which the plan may be another one; the reach is read again then. */
export function nextChange(reach: Reach, now: number): number | undefined {
  const ends = [
    reach.next.until,
    ...reach.ways.flatMap((way) => [way.window_until, way.human_until, way.plan.until]),
  ];
  const ahead = ends.filter((at): at is number => at !== undefined && at > now);
  return ahead.length ? Math.min(...ahead) : undefined;
}
