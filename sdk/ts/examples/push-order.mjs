// Tells Tagalong of an order: node push-order.mjs
import { Client } from '@tagalong-chat/sdk/client'
import { parseMoney } from '@tagalong-chat/sdk/money'

const client = new Client({
  baseURL: process.env.TAGALONG_URL, // https://chat.example.com
  shop: process.env.TAGALONG_SHOP, // shop_…
  key: process.env.TAGALONG_KEY, // tgk_…
  userAgent: 'my-plugin/1.0',
})

// The platform's own time of the change orders what comes late or twice; its id keeps the same event one event.
const updatedAt = Date.parse('2026-11-21T19:34:16Z')
const [result] = await client.pushEvents([
  {
    id: `order-1001-${updatedAt}`,
    type: 'order.upserted',
    occurred_at: new Date(updatedAt).toISOString(),
    version: updatedAt,
    source: { platform: 'my-platform', plugin: '1.0' },
    mode: 'snapshot',
    order: {
      external_id: '1001',
      number: '#1001',
      placed_at: updatedAt,
      updated_at: updatedAt,
      currency: 'EUR',
      totals: { total: parseMoney('54.70', 'EUR') },
      financial_status: 'paid',
      customer: { external_id: 'cust-77', email: 'lia@example.org' },
      lines: [{ title: 'Mug, speckled', quantity: 2, total: parseMoney('49.80', 'EUR') }],
    },
  },
])
console.log(result.outcome, result.error?.fields ?? '')
