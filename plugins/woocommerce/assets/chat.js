/**
 * Tagalong Chat for WooCommerce: loads the chat, and ties it to the shop. GPL-2.0-or-later. Written as it is served.
 */
(function (config, win, doc) {
  'use strict'
  if (!config || !config.loader || config.done) return
  config.done = true

  var DAYS = 90
  var USER = 'tagalong-chat-user'
  var tagalong = (win.Tagalong = win.Tagalong || { q: [] })
  var shopper = ''

  // Always through the queue: it works before the script is here and after.
  function call() {
    win.Tagalong.q.push(Array.prototype.slice.call(arguments))
  }

  function agreed() {
    return typeof win.wp_has_consent !== 'function' || win.wp_has_consent(config.consent)
  }

  // --- the cookie by which the shop knows whose order and cart it is

  function keep() {
    if (!config.cookie) return
    var on = shopper && agreed()
    doc.cookie =
      config.cookie + '=' + (on ? shopper : '') + '; path=/; SameSite=Lax; max-age=' + (on ? DAYS * 86400 : 0) +
      (win.location.protocol === 'https:' ? '; Secure' : '')
  }

  call('on', 'shopper', function (detail) {
    shopper = /^shp_[a-z2-7]{26}$/.test(detail && detail.id) ? detail.id : ''
    keep()
  })
  call('on', 'logout', function () {
    shopper = ''
    keep()
  })
  doc.addEventListener('wp_listen_for_consent_change', keep)

  // --- who is signed in: asked for when the chat needs it, never written into the page

  function stored(value) {
    try {
      if (value === undefined) return win.localStorage.getItem(USER) || ''
      if (value) win.localStorage.setItem(USER, value)
      else win.localStorage.removeItem(USER)
    } catch (e) {
      // No storage, no memory of who was here: the server still knows.
    }
    return ''
  }

  if (stored() && stored() !== config.user) {
    call('logout')
    stored('')
  }
  if (config.identity) {
    call('identify', {
      jwt: function () {
        return win
          .fetch(config.identity, { credentials: 'same-origin', cache: 'no-store', headers: { 'X-WP-Nonce': config.nonce } })
          .then(function (answer) {
            return answer.ok ? answer.json() : null
          })
          .then(function (body) {
            if (body && body.jwt) stored(config.user)
            return (body && body.jwt) || null
          })
      },
    })
  }

  // --- what the page shows, and its cart

  if (config.product) call('setPage', { product: config.product })
  if (config.cart) {
    call('cart', {
      url: config.cart.url,
      add: function (item) {
        var form = new URLSearchParams()
        form.set('product_id', String(item.variant || item.product))
        form.set('quantity', String(item.quantity || 1))
        return win
          .fetch(config.cart.add, { method: 'POST', credentials: 'same-origin', body: form })
          .then(function (answer) {
            return answer.ok ? answer.json() : null
          })
          .then(function (body) {
            if (!body || body.error) return false
            tell(body)
            return true
          })
      },
    })
  }

  /** The theme's own cart shows the new line: the classic one by jQuery's event, that of the blocks by its own. */
  function tell(body) {
    if (win.jQuery) win.jQuery(doc.body).trigger('added_to_cart', [body.fragments, body.cart_hash, win.jQuery()])
    doc.body.dispatchEvent(new CustomEvent('wc-blocks_added_to_cart', { detail: { preserveCartData: false } }))
  }

  // --- the chat itself

  var script = doc.createElement('script')
  script.src = config.loader
  script.async = true
  // Optimizers that merge and delay scripts leave this one alone.
  script.setAttribute('data-cfasync', 'false')
  script.setAttribute('data-no-optimize', '1')
  script.setAttribute('nowprocket', '')
  doc.head.appendChild(script)
  return tagalong
})(window.tagalongChat, window, document)
