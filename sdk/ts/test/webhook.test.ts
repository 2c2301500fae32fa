import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { verifyWebhook, WebhookError } from '../src/webhook.js'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const other = `whsec_${Buffer.from('another secret of 24 byte').toString('base64')}`
const now = 1_795_289_656_000
const body = '{"id":"evt_1","type":"message.created","at":1795289656123,"shop":"shop_1","note":"Grüße"}'

function sign(key: string, id = 'evt_1', at = now, text = body): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000))
  const bytes = Buffer.from(key.replace('whsec_', ''), 'base64')
  const mac = createHmac('sha256', bytes).update(`${id}.${timestamp}.${text}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac}` }
}

const verify = (headers: Record<string, string>, more: object = {}, text: string | Uint8Array = body) =>
  verifyWebhook(text, headers, { secrets: [secret], now: () => now, ...more })

describe('a webhook', () => {
  test('of ours is believed', async () => {
    expect(await verify(sign(secret))).toMatchObject({ id: 'evt_1', type: 'message.created' })
  })

  test("matches the scheme's published example", async () => {
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    }
    const event = await verifyWebhook('{"test": 2432232314}', headers, {
      secrets: [secret],
      now: () => 1_614_265_330_000,
    })
    expect(event).toEqual({ test: 2432232314 })
  })

  test('may come as bytes, with headers in any case or as Headers', async () => {
    const bytes = new TextEncoder().encode(body)
    const signed = sign(secret)
    const upper = Object.fromEntries(Object.entries(signed).map(([k, v]) => [k.toUpperCase(), [v]]))
    await expect(verifyWebhook(bytes, upper, { secrets: [secret], now: () => now })).resolves.toBeTruthy()
    await expect(
      verifyWebhook(bytes, new Headers(signed), { secrets: [secret], now: () => now }),
    ).resolves.toBeTruthy()
  })

  test('is believed with either secret during a rotation, on both sides', async () => {
    await expect(verify(sign(other), { secrets: [secret, other] })).resolves.toBeTruthy()
    const both = sign(secret)
    both['webhook-signature'] = `v1a,x ${sign(other)['webhook-signature']} ${both['webhook-signature']}`
    await expect(verify(both)).resolves.toBeTruthy()
  })

  test.each([
    ['with another secret', () => verify(sign(other)), 'no_match'],
    ['with a changed body', () => verify(sign(secret), {}, `${body} `), 'no_match'],
    ['with a changed id', () => verify({ ...sign(secret), 'webhook-id': 'evt_2' }), 'no_match'],
    ['without a signature', () => verify({ ...sign(secret), 'webhook-signature': '' }), 'missing_header'],
    [
      'with garbage for a signature',
      () => verify({ ...sign(secret), 'webhook-signature': 'v1,%%% v1,' }),
      'no_match',
    ],
    ['five minutes and a second old', () => verify(sign(secret, 'evt_1', now - 301_000)), 'too_old'],
    ['five minutes and a second ahead', () => verify(sign(secret, 'evt_1', now + 301_000)), 'too_new'],
    [
      'with a time that is none',
      () => verify({ ...sign(secret), 'webhook-timestamp': '1e9' }),
      'bad_timestamp',
    ],
    ['against no secret', () => verify(sign(secret), { secrets: ['', 'whsec_'] }), 'no_secret'],
    ['that is not JSON', () => verify(sign(secret, 'evt_1', now, 'hello'), {}, 'hello'), 'bad_body'],
  ])('%s is refused', async (_name, call, code) => {
    const error = await call().catch((e: unknown) => e)
    expect(error).toBeInstanceOf(WebhookError)
    expect((error as WebhookError).code).toBe(code)
  })

  test('at the edge of five minutes is believed', async () => {
    await expect(verify(sign(secret, 'evt_1', now - 300_000))).resolves.toBeTruthy()
  })
})
