/** A shop of one mug, with Tagalong in it: tagalong.mjs is what you copy, this file stands for your shop. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { identity, pushOrder } from './tagalong.mjs'

const page = readFileSync(new URL('../page.html', import.meta.url), 'utf8')
  .replaceAll('{{TAGALONG_URL}}', process.env.TAGALONG_URL)
  .replaceAll('{{TAGALONG_SHOP_KEY}}', process.env.TAGALONG_SHOP_KEY)

/** Stands for your own sessions. */
const signedIn = request =>
  /(^|; )session=lia(;|$)/.test(request.headers.cookie ?? '') ? { id: '77', name: 'Lia Brandt', email: 'lia@example.org' } : null

const routes = {
  'GET /': (_, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end(page),
  'POST /sign-in': (_, response) => response.writeHead(204, { 'Set-Cookie': 'session=lia; HttpOnly' }).end(),
  'GET /tagalong/identity': (request, response) => identity(signedIn(request), response),
  'POST /orders': async (request, response) => {
    const form = new URLSearchParams(await text(request))
    const now = new Date()
    const order = {
      number: '1001',
      email: form.get('email'),
      shopper: form.get('tagalong_shopper'),
      customerId: signedIn(request)?.id,
      total: '24.90',
      currency: 'EUR',
      paid: true,
      placed: now,
      updated: now,
    }
    await pushOrder(order).catch(console.error) // the order stands all the same; push it again later
    response.writeHead(201).end()
  },
}

createServer(async (request, response) => {
  const route = routes[`${request.method} ${request.url}`]
  if (!route) return response.writeHead(404).end()
  try {
    await route(request, response)
  } catch (error) {
    console.error(error)
    response.writeHead(500).end()
  }
}).listen(Number(process.env.PORT), '127.0.0.1')
