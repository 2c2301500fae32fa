// Receives Tagalong's webhooks: PORT=8787 node webhook.mjs
import { createServer } from 'node:http'
import { verifyWebhook, WebhookError } from '@tagalong-chat/sdk/webhook'

// During a rotation both secrets are given, separated by a space.
const secrets = process.env.TAGALONG_WEBHOOK_SECRETS.split(' ')
const seen = new Set() // A real receiver keeps these for a day, in its database.

const server = createServer(async (request, response) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  try {
    // The raw body, before any parsing.
    const event = await verifyWebhook(Buffer.concat(chunks), request.headers, { secrets })
    if (!seen.has(event.id)) console.log(event.type, event.id)
    seen.add(event.id)
    response.writeHead(204).end()
  } catch (error) {
    if (!(error instanceof WebhookError)) throw error
    response.writeHead(401).end(error.code)
  }
})
server.listen(process.env.PORT ?? 8787, () => console.log(`listening on ${server.address().port}`))
