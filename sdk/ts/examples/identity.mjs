// Says who the signed-in shopper is; the widget's `identify` fetches it: PORT=8788 node identity.mjs
import { createServer } from 'node:http'
import { IdentityTokens } from '@tagalong-chat/sdk/identity'

const tokens = new IdentityTokens({
  shopKey: process.env.TAGALONG_SHOP_KEY, // pk_…
  kid: process.env.TAGALONG_IDENTITY_KID, // kid_…
  secret: process.env.TAGALONG_IDENTITY_SECRET,
})

const server = createServer(async (request, response) => {
  const customer = signedIn(request)
  // Whoever gets this is the customer: no cache may keep it.
  response.setHeader('Cache-Control', 'no-store')
  if (!customer) return response.writeHead(204).end()
  response.end(await tokens.mint({ subject: customer.id, name: customer.name, email: customer.email }))
})

/** Your shop's own session. */
function signedIn(request) {
  return request.headers.cookie === 'session=lia'
    ? { id: 'cust-77', name: 'Lia', email: 'lia@example.org' }
    : null
}

server.listen(process.env.PORT ?? 8788, () => console.log(`listening on ${server.address().port}`))
