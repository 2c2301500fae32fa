import { describe, expect, test } from 'vitest'
import { type FeedInput, followFeed, type Positions } from '../src/feed.js'
import type { FeedFrame, WelcomeFrame } from '../src/frames.js'

const feed = (position: number, prev: number, shop = 'shop_1'): FeedFrame => ({
  type: 'feed',
  shop,
  position,
  prev,
})
const welcome = (...shops: { shop: string; position: number }[]): WelcomeFrame => ({
  type: 'welcome',
  protocol: 1,
  epoch: 'e1',
  self: { kind: 'agent', id: 'agt_1' },
  features: [],
  shops,
})

function follow(positions: Positions, ...frames: FeedInput[]) {
  let held = positions
  const applied: number[] = []
  let asked = 0
  for (const frame of frames) {
    const step = followFeed(held, frame)
    held = step.positions
    if (step.change) applied.push(step.change.position)
    if (step.ask) asked++
  }
  return { held, applied, asked }
}

describe("a shop's feed", () => {
  test('may have holes as long as each names the one before', () => {
    expect(follow({ shop_1: 4 }, feed(7, 4), feed(12, 7))).toEqual({
      held: { shop_1: 12 },
      applied: [7, 12],
      asked: 0,
    })
  })

  test('a lost change is noticed and asked for, and nothing is applied over it', () => {
    const { held, applied, asked } = follow({ shop_1: 4 }, feed(12, 7), feed(13, 12))
    expect({ held, applied, asked }).toEqual({ held: { shop_1: 4 }, applied: [], asked: 2 })
    expect(follow(held, feed(7, 4), feed(12, 7), feed(13, 12)).applied).toEqual([7, 12, 13])
  })

  test('repeats are dropped', () => {
    expect(follow({ shop_1: 4 }, feed(7, 4), feed(7, 4), feed(3, 2)).applied).toEqual([7])
  })

  test('a change of a shop that is not followed is not ours', () => {
    expect(follow({ shop_1: 4 }, feed(7, 4, 'shop_2')).applied).toEqual([])
  })

  test('a beat ahead of us means loss', () => {
    expect(follow({ shop_1: 4 }, { type: 'beat', positions: { shop_1: 4, shop_2: 9 } }).asked).toBe(0)
    expect(follow({ shop_1: 4 }, { type: 'beat', positions: { shop_1: 5 } }).asked).toBe(1)
  })

  test('a first welcome has the list read, a later one keeps our place', () => {
    const first = followFeed({}, welcome({ shop: 'shop_1', position: 9 }))
    expect(first).toMatchObject({ positions: { shop_1: 9 }, reload: ['shop_1'] })
    const later = followFeed(
      first.positions,
      welcome({ shop: 'shop_1', position: 20 }, { shop: 'shop_2', position: 3 }),
    )
    expect(later).toMatchObject({ positions: { shop_1: 9, shop_2: 3 }, reload: ['shop_2'] })
  })

  test('a shop that the agent may not see any more is left out', () => {
    expect(followFeed({ shop_1: 9 }, welcome()).positions).toEqual({})
  })

  test('a snapshot has the list read and goes on from its position', () => {
    const step = followFeed({ shop_1: 4 }, { type: 'snapshot', shop: 'shop_1', position: 90 })
    expect(step).toMatchObject({ positions: { shop_1: 90 }, reload: ['shop_1'] })
  })
})
