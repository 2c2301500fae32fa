// How far a handoff has come, as steps to draw; and which lines of the ledger of consents hold. Pure.
import type { Consent, Handoff, HandoffState } from "../api/channels";

export interface Step {
  state: HandoffState;
  done: boolean;
  current: boolean;
  bad: boolean;
  /** Known for the first and the present step. */
  at?: number;
}

const byLink: readonly HandoffState[] = ["offered", "clicked", "linked", "active", "returned"];
/** An agent, a consent or the shopper's own word lead there without a link. */
const direct: readonly HandoffState[] = ["offered", "active", "returned"];

/** stepsOf gives the way of a handoff; one that lapsed or failed ends where it did. */
export function stepsOf(handoff: Handoff): Step[] {
  const { state } = handoff;
  const path = handoff.source === "link" ? byLink : handoff.source === "consent" ? direct : direct.slice(1);
  const ended = state === "expired" || state === "failed";
  const at = path.indexOf(state);
  const steps: Step[] = path.map((one, index) => ({
    state: one,
    done: ended ? index === 0 && path[0] === "offered" : index <= at,
    current: one === state,
    bad: false,
  }));
  const shown = ended
    ? [...steps.filter((one) => one.done), { state, done: true, current: true, bad: true }]
    : steps;
  return shown.map((one, index) => {
    if (one.current) return { ...one, at: handoff.updated_at };
    return index === 0 && one.done ? { ...one, at: handoff.created_at } : one;
  });
}

/** latestConsents keeps the line that holds per channel, value and purpose, newest first. */
export function latestConsents(consents: readonly Consent[]): Consent[] {
  const held = new Map<string, Consent>();
  for (const one of [...consents].sort((a, b) => a.at - b.at)) {
    held.set(`${one.channel} ${one.value} ${one.purpose}`, one);
  }
  return [...held.values()].sort((a, b) => b.at - a.at);
}
