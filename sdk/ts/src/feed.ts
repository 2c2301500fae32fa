/**
 * The agent's list follows a change index per shop: a pure reducer over `feed`, `snapshot`, `beat` and `welcome`.
 *
 * An agent may see only a part of a shop, so positions have holes; each frame names the position before it (`prev`), and
 * a `prev` beyond ours means that one was lost. The answer says what to apply, what to ask for again and which shop's
 * list is to be read anew over REST.
 */
import type { BeatFrame, FeedFrame, SnapshotFrame, WelcomeFrame } from './frames.js'

/** The last position held, per shop. */
export type Positions = Readonly<Record<string, number>>

export interface FeedStep {
  positions: Positions
  /** Apply this change: it is the next one. */
  change?: FeedFrame
  /** A change is missing: ask for what follows the positions held (one `feed` frame names all shops). */
  ask: boolean
  /** Read these shops' lists again over REST; the feed goes on from the new position meanwhile. */
  reload: string[]
}

export type FeedInput = WelcomeFrame | FeedFrame | SnapshotFrame | BeatFrame

export function followFeed(positions: Positions, frame: FeedInput): FeedStep {
  switch (frame.type) {
    case 'welcome':
      return welcome(positions, frame)
    case 'feed':
      return change(positions, frame)
    case 'snapshot':
      return snapshot(positions, frame)
    case 'beat':
      return { positions, ask: ahead(positions, frame.positions ?? {}), reload: [] }
  }
}

/** A shop met for the first time is read over REST, from its present position; the others are resumed by the join. */
function welcome(positions: Positions, frame: WelcomeFrame): FeedStep {
  const next: Record<string, number> = {}
  const reload: string[] = []
  for (const { shop, position } of frame.shops ?? []) {
    const held = positions[shop]
    next[shop] = held ?? position
    if (held === undefined) reload.push(shop)
  }
  return { positions: next, ask: false, reload }
}

function change(positions: Positions, frame: FeedFrame): FeedStep {
  const held = positions[frame.shop]
  if (held === undefined || frame.position <= held) return { positions, ask: false, reload: [] }
  if (frame.prev > held) return { positions, ask: true, reload: [] }
  return { positions: { ...positions, [frame.shop]: frame.position }, change: frame, ask: false, reload: [] }
}

function snapshot(positions: Positions, frame: SnapshotFrame): FeedStep {
  if (frame.shop === undefined || frame.position === undefined) return { positions, ask: false, reload: [] }
  return { positions: { ...positions, [frame.shop]: frame.position }, ask: false, reload: [frame.shop] }
}

function ahead(positions: Positions, heads: Record<string, number>): boolean {
  return Object.entries(heads).some(([shop, position]) => position > (positions[shop] ?? position))
}
