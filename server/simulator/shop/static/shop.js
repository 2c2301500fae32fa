// The shop's own script. Everything here is an improvement only: without it, and
// without a chat server, every page still works.

const page = JSON.parse(document.getElementById('page-context').textContent);

// --- the chat -------------------------------------------------------------

// Calls made before the chat's script has arrived wait in its queue.
function chat(method, ...args) {
  window.Tagalong ??= { q: [] };
  if (typeof window.Tagalong[method] === 'function') window.Tagalong[method](...args);
  else window.Tagalong.q?.push([method, ...args]);
}

function tellPage() {
  const product = page.product && {
    ...page.product,
    url: location.href,
  };
  chat('setPage', { url: location.href, title: document.title, ...(product && { product }) });
}

// The shop remembers which shopper of the chat this browser is, so that its cart
// and its orders appear beside the conversation.
function linkShopper({ id }) {
  if (!id || id === page.linked) return;
  page.linked = id;
  fetch('/link', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ shopper: id }),
  }).catch(() => {
    page.linked = undefined; // the next page tries again
  });
}

async function identify() {
  const response = await fetch('/identity');
  if (response.status === 200) chat('identify', await response.json());
}

// What the chat does when a shopper presses "Add to cart" on a card there.
async function addFromChat({ product, variant, quantity }) {
  const glaze = variant?.startsWith(`${product}-`) ? variant.slice(product.length + 1) : '';
  const answer = await put(new URLSearchParams({ product, glaze, quantity }));
  return answer.ok;
}

chat('cart', { add: addFromChat, url: '/cart' });
chat('setLocale', page.language);
chat('on', 'shopper', linkShopper);
tellPage();
if (page.signed_in) identify().catch(() => undefined);

for (const form of document.querySelectorAll('[data-sign-out]')) {
  form.addEventListener('submit', () => chat('logout'));
}

// --- glazes without a new page --------------------------------------------

const photo = document.querySelector('.photo img');

function wear(link) {
  const glaze = new URL(link.href).searchParams.get('glaze');
  photo.src = photo.src.replace(/-[a-z]+\.svg$/, `-${glaze}.svg`);
  document.querySelector('.buy [name=glaze]').value = glaze;
  document.querySelector('#glaze strong').textContent = link.getAttribute('aria-label');
  for (const other of document.querySelectorAll('.swatches a')) other.removeAttribute('aria-current');
  link.setAttribute('aria-current', 'true');
  history.replaceState(null, '', link.href);
  if (page.product) page.product.image_url = photo.src;
  tellPage();
}

if (photo) {
  document.querySelector('.swatches').addEventListener('click', (event) => {
    const link = event.target.closest('a');
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    wear(link);
  });
}

// --- adding to the cart without a new page ----------------------------------

const toast = document.querySelector('[data-toast]');
let hideToast;

function say(text) {
  toast.textContent = text;
  toast.classList.add('shown');
  clearTimeout(hideToast);
  hideToast = setTimeout(() => toast.classList.remove('shown'), 3200);
}

async function put(body) {
  const response = await fetch('/cart/add', { method: 'POST', headers: { Accept: 'application/json' }, body });
  const answer = await response.json();
  say(answer.message);
  const count = document.querySelector('[data-count]');
  count.textContent = answer.count;
  count.hidden = answer.count === 0;
  document.querySelector('[data-cart]').setAttribute('aria-label', answer.label);
  return answer;
}

for (const form of document.querySelectorAll('[data-add]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    put(new URLSearchParams(new FormData(form))).catch(() => form.submit());
  });
}

// --- an order's page follows its order ---------------------------------------

const followed = document.querySelector('[data-follow]');

function follow() {
  let version;
  setInterval(async () => {
    if (document.hidden) return;
    const response = await fetch(followed.dataset.follow).catch(() => undefined);
    if (!response?.ok) return;
    const state = await response.json();
    if (version !== undefined && state.version !== version) location.reload();
    version = state.version;
  }, 4000);
}

if (followed) follow();

// --- menus close when they lose interest --------------------------------------

document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('.menu[open]')) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of document.querySelectorAll('.menu[open]')) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});
