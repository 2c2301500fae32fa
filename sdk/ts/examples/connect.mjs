// A "Connect" button: open / in a browser. PORT=8789 node connect.mjs
import { createServer } from 'node:http'
import { Client } from '@tagalong-chat/sdk/client'
import { connect, connectURL, newState, newVerifier } from '@tagalong-chat/sdk/connect'

const baseURL = process.env.TAGALONG_URL
let open // A real plugin keeps these two with the merchant's session.

const server = createServer(async (request, response) => {
  const here = `http://127.0.0.1:${server.address().port}`
  const { pathname, searchParams } = new URL(request.url, here)
  const returnURL = `${here}/connected`
  if (pathname === '/') {
    open = { state: await newState(), verifier: await newVerifier() }
    const url = await connectURL(baseURL, {
      ...open,
      name: 'My plugin',
      platform: 'my-platform',
      returnURL,
      scopes: ['context:write', 'context:read'],
      shop: { name: 'Marl', origin: 'https://marl.example', currency: 'EUR' },
    })
    return response.writeHead(302, { Location: url }).end()
  }
  const { state, verifier } = open ?? {}
  open = undefined
  if (pathname !== '/connected' || !state || searchParams.get('state') !== state)
    return response.writeHead(400).end('Please press Connect again.')
  if (searchParams.has('error')) return response.end('Not connected.')
  try {
    const connection = await connect({ code: searchParams.get('code'), verifier, returnURL }, { baseURL })
    // Keep `connection` where only your server reads it. Printed, it shows no secret.
    console.log(connection)
    const self = await Client.of(connection).self()
    response.end(`Connected to ${self.shop.name}.`)
  } catch (error) {
    response.writeHead(502).end(error.code)
  }
})
server.listen(process.env.PORT ?? 8789, () => console.log(`listening on ${server.address().port}`))
