/** What you copy: how an order gets to Tagalong, and how the page learns who is signed in. */
import { Client } from '@tagalong-chat/sdk/client'
import { IdentityTokens } from '@tagalong-chat/sdk/identity'
import { parseMoney } from '@tagalong-chat/sdk/money'

const { TAGALONG_URL, TAGALONG_SHOP, TAGALONG_KEY, TAGALONG_SHOP_KEY, TAGALONG_KID, TAGALONG_IDENTITY_SECRET } = process.env

const client = new Client({ baseURL: TAGALONG_URL, shop: TAGALONG_SHOP, key: TAGALONG_KEY })
const tokens = new IdentityTokens({ shopKey: TAGALONG_SHOP_KEY, kid: TAGALONG_KID, secret: TAGALONG_IDENTITY_SECRET })

/**
 * Tells Tagalong how an order stands. Call it after each change of the order; calling it twice does no harm. When it throws, keep the
 * order's number, and call it again later.
 */
export async function pushOrder(order) {
  const updated = order.updated.getTime()
  const [result] = await client.pushEvents([
    {
      id: `marl:order:${order.number}:${updated}`,
      type: 'order.upserted',
      occurred_at: order.updated.toISOString(),
      version: updated,
      source: { platform: 'marl', plugin: '1.0' },
      order: {
        external_id: order.number,
        number: order.number,
        placed_at: order.placed.getTime(),
        updated_at: updated,
        currency: order.currency,
        totals: { total: parseMoney(order.total, order.currency) }, // "24.90": a decimal in a string, never a float
        financial_status: order.paid ? 'paid' : 'pending',
        customer: { ...(order.customerId && { external_id: order.customerId }), email: order.email },
        guest: !order.customerId,
        // Buyers can write there: check its form.
        ...(/^shp_[a-z2-7]{26}$/.test(order.shopper) && { shopper: order.shopper }),
      },
    },
  ])
  if (result.outcome === 'invalid') throw new Error(`order ${order.number}: ${JSON.stringify(result.error)}`)
}

/** Answers the page's question who is signed in. `customer` comes from your own session, never from the request's content. */
export async function identity(customer, response) {
  response.setHeader('Cache-Control', 'private, no-store')
  if (!customer) return response.writeHead(204).end()
  const jwt = await tokens.mint({ subject: customer.id, name: customer.name, email: customer.email, emailVerified: true })
  response.writeHead(200, { 'Content-Type': 'text/plain' }).end(jwt)
}
