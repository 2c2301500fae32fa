// Answers every open conversation whose last word is the shopper's: node answer.mjs
import { Client } from '@tagalong-chat/sdk/client'
import { TagalongError } from '@tagalong-chat/sdk/http'

const { client, self } = await Client.open({
  baseURL: process.env.TAGALONG_URL,
  key: process.env.TAGALONG_KEY,
})
console.log(`answering for ${self.shop.name}`)

// Pages are read as the loop comes to them.
for await (const conversation of client.conversations({ state: 'open' })) {
  const last = (await client.entries(conversation.id, { limit: 1 })).items.at(-1)
  if (last?.kind !== 'message' || last.author.kind !== 'shopper') continue
  try {
    // Named after what it answers: run twice, it is said once.
    const clientId = `answer-${conversation.id}-${last.seq}`
    await client.post(conversation.id, { text: 'Thank you! We look into it.' }, { clientId })
    console.log(`answered ${conversation.id}`)
  } catch (error) {
    if (!(error instanceof TagalongError)) throw error
    console.log(`${conversation.id}: ${error.code} (request ${error.requestId})`)
  }
}
