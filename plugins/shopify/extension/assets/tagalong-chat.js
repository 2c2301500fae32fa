/**
 * Brings Tagalong's widget onto the shop's pages: place and language, consent, who is signed in, the cart.
 *
 * It loads the widget's loader, which makes one launcher and no more until a shopper opens it. Everything is said through the
 * widget's queue, so it does not matter which of the two scripts runs first.
 */
;(function () {
  'use strict'

  const ATTRIBUTE = '_tagalong_shopper'
  const IN_CART = 'tagalong:cart'
  const SIGNED_IN = 'tagalong:customer'
  const CONSENT_WITHIN = 3000

  const PLACE = 'script[data-tagalong-chat]'
  // Shopify decides when this runs: maybe before the block, which stands at the end of the body.
  if (document.readyState === 'loading' && !document.querySelector(PLACE)) document.addEventListener('DOMContentLoaded', start)
  else start()

  function start() {
    const place = document.querySelector(PLACE)
    // A second copy of the block, or a section that the theme editor renders again.
    if (!place || window.TagalongShopify) return
    window.TagalongShopify = true

    let data
    try {
      data = JSON.parse(place.textContent)
    } catch (_) {
      return
    }
    const loader = address(data.loader)
    if (!loader) return

    const root = (window.Shopify && Shopify.routes && Shopify.routes.root) || data.root || '/'
    const tagalong = (window.Tagalong = window.Tagalong || { q: [], manual: true })
    const say = (...call) => (window.Tagalong || tagalong).q.push(call)

    let opened = false // by the shopper, on this page or before
    let shopper = ''
    let sending = ''

    /** Only what a script may be loaded from. */
    function address(url) {
      try {
        const u = new URL(url)
        return /^https?:$/.test(u.protocol) ? u.href : ''
      } catch (_) {
        return ''
      }
    }

    // --- What is kept on the device, where it may be -----------------------------------------------------------------------------

    function recall(storage, name) {
      try {
        return window[storage].getItem(name) || ''
      } catch (_) {
        return ''
      }
    }

    function keep(storage, name, value) {
      try {
        if (value) window[storage].setItem(name, value)
        else window[storage].removeItem(name)
      } catch (_) {
        // Storage is off: the next page asks again.
      }
    }

    // --- Consent: https://shopify.dev/docs/api/customer-privacy --------------------------------------------------------------------

    /** The chat itself needs none. Keeping it over pages is a preference; tying it to an order is analytics. Not known means no. */
    const allows = what => {
      const privacy = window.Shopify && Shopify.customerPrivacy
      return !!(privacy && privacy[what] && privacy[what]())
    }

    function consented() {
      say('consent', allows('preferencesProcessingAllowed'))
      if (allows('analyticsProcessingAllowed')) tie()
      else untie()
    }

    function askConsent(then) {
      if (!window.Shopify || !Shopify.loadFeatures) return then()
      let told = false
      const once = () => {
        if (!told) then()
        told = true
      }
      // Where something blocks Shopify's own script the chat comes without consent, not never.
      setTimeout(once, CONSENT_WITHIN)
      Shopify.loadFeatures([{ name: 'consent-tracking-api', version: '0.1' }], once)
    }

    // --- The cart: https://shopify.dev/docs/api/ajax/reference/cart ----------------------------------------------------------------

    function post(path, body) {
      return fetch(root + path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
        body: JSON.stringify(body),
      })
    }

    /**
     * Leaves the shopper's id in the cart, so that the order finds its conversation. Once a session: a cart that has it is left alone,
     * and an empty one too that was given it before. A full one without it is a new cart.
     */
    function tie() {
      if (!opened || !shopper || sending === shopper || data.cart.shopper === shopper) return
      if (recall('sessionStorage', IN_CART) === shopper && !data.cart.items) return
      if (!allows('analyticsProcessingAllowed')) return
      const id = (sending = shopper)
      write(id).then(
        done => {
          if (done) keep('sessionStorage', IN_CART, id)
          else sending = ''
        },
        () => {
          sending = ''
        },
      )
    }

    /** Takes it out of the cart again, if it is there. */
    function untie() {
      if (!data.cart.shopper && !sending && !recall('sessionStorage', IN_CART)) return
      sending = ''
      data.cart.shopper = ''
      keep('sessionStorage', IN_CART, '')
      write('').catch(() => {})
    }

    function write(id) {
      return post('cart/update.js', { attributes: { [ATTRIBUTE]: id } }).then(answer => answer.ok)
    }

    /** What a card's button does. A card without a variant can only mean the one that the page shows. */
    function add(item) {
      const here = data.product && data.product.external_id === item.product ? data.product.variant : ''
      const id = item.variant || here
      if (!id) return Promise.resolve(false)
      // A number as in the reference, but for one that JavaScript would round.
      const line = { id: Number.isSafeInteger(Number(id)) ? Number(id) : id, quantity: item.quantity }
      return post('cart/add.js', { items: [line] }).then(answer => {
        // Themes that draw the cart on the page can listen to this.
        if (answer.ok) document.dispatchEvent(new CustomEvent('tagalong:cart:added', { detail: item }))
        return answer.ok
      })
    }

    // --- Who is signed in ----------------------------------------------------------------------------------------------------------

    /** The app's own word, signed for the customer whom Shopify names to it. A guest costs no request. */
    function identity() {
      if (!data.customer) return null
      const path = '/' + String(data.proxy || '').replace(/^\/+|\/+$/g, '')
      return fetch(path + '/identity', { headers: { Accept: 'application/json' } })
        .then(answer => (answer.status === 200 ? answer.json() : null))
        .then(told => (told && told.jwt) || null)
        .catch(() => null)
    }

    // --- Start ---------------------------------------------------------------------------------------------------------------------

    // Another customer than the one whose chat is on this device, or none any more: the chat is not theirs.
    const customer = data.customer ? String(data.customer) : ''
    const before = recall('localStorage', SIGNED_IN)
    const left = before && before !== customer

    askConsent(() => {
      say('consent', allows('preferencesProcessingAllowed'))
      if (left) {
        keep('localStorage', SIGNED_IN, '')
        untie()
        say('logout')
      }
      if (data.product) {
        const { external_id, title, url, image_url } = data.product
        say('setPage', { product: { external_id, title, url, ...(image_url ? { image_url } : {}) } })
      }
      say('identify', { jwt: identity })
      say('cart', { add, url: root + 'cart' })
      say('on', 'open', () => {
        opened = true
        tie()
      })
      say('on', 'shopper', told => {
        // A session begins with the first thing that a shopper does in the chat: it was opened, on this page or before.
        opened = true
        shopper = told.id
        tie()
      })
      say('on', 'identify', () => keep('localStorage', SIGNED_IN, customer))
      say('on', 'logout', () => {
        shopper = ''
        keep('localStorage', SIGNED_IN, '')
        untie()
      })
      say('boot', {
        locale: data.locale,
        side: data.side,
        theme: data.theme,
        offset: data.offset,
        hideLauncher: data.hide_launcher,
      })
      document.addEventListener('visitorConsentCollected', consented)

      const script = document.createElement('script')
      script.src = loader
      script.async = true
      document.head.append(script)
    })
  }
})()
