// The block checkout's part in the browser, as far as the shop's server sees it: it opens the checkout (which makes a draft of the
// order), sends the address as it is typed in, and places the order.
(function () {
  'use strict';
  var settings = window.wcStubCheckout;
  var form = document.querySelector('.wc-block-checkout');
  var status = form.querySelector('[role="status"]');

  function call(method, path, body) {
    return fetch(settings.root + path, {
      method: method,
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', Nonce: settings.nonce, 'X-WP-Nonce': settings.rest },
      body: body ? JSON.stringify(body) : undefined,
    }).then(function (response) {
      settings.nonce = response.headers.get('Nonce') || settings.nonce;
      return response.json().then(function (data) {
        if (!response.ok) throw new Error(data.message || String(response.status));
        return data;
      });
    });
  }

  function address() {
    var out = {};
    form.querySelectorAll('input[name^="block_"]').forEach(function (field) {
      out[field.name.slice('block_'.length)] = field.value;
    });
    return out;
  }

  // One call after another: the address must not overtake the draft.
  var queue = call('GET', '/checkout').then(function () {
    form.dataset.ready = 'yes';
  }, fail);

  function fail(error) {
    status.textContent = error.message;
  }

  form.addEventListener('change', function () {
    form.dataset.ready = 'no';
    queue = queue
      .then(function () {
        return call('POST', '/cart/update-customer', { billing_address: address() });
      })
      .then(function () {
        form.dataset.ready = 'yes';
      }, fail);
  });

  form.addEventListener('submit', function (event) {
    event.preventDefault();
    queue = queue
      .then(function () {
        return call('POST', '/checkout', { billing_address: address(), payment_method: 'cod' });
      })
      .then(function (placed) {
        location.assign(placed.payment_result.redirect_url);
      }, fail);
  });
})();
