// The pages of shops that are not ours: Shopify's app embed, and the page that plugins/recipes gives to any other shop. The page itself
// is played here, the widget and the server are the real ones.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Browser, BrowserContext } from '@playwright/test';
import type { Demo } from '../src/demo.ts';
import { expect, test } from '../src/fixtures.ts';
import { Shopper } from '../src/shopper.ts';

const plugins = resolve(import.meta.dirname, '../../../../plugins');
/** A page that is played here has no address of its own, and the real server is on loopback. */
const permissions = ['local-network-access'];
const shopperID = /^shp_[a-z2-7]{26}$/;

/** loaderOf is the address in the demo shop's own snippet, with its key. */
async function loaderOf(browser: Browser, demo: Demo): Promise<string> {
  const page = await browser.newPage();
  await page.goto(demo.shopURL);
  const src = await page.locator('script[src*="/w/"]').getAttribute('src');
  await page.context().close();
  return new URL(src ?? '', demo.chatURL).href;
}

/** shop plays the shop's own addresses, and notes what the page asks of them. */
function shop(
  context: BrowserContext,
  demo: Demo,
  answers: Record<string, { status: number; body?: string; contentType?: string }>,
) {
  const asked: string[] = [];
  const there = context.route(`${demo.shopURL}/played/**`, async (route) => {
    const url = new URL(route.request().url());
    const body = route.request().postData();
    const path = url.pathname.slice('/played'.length);
    if (path !== '/page' && path !== '/script.js')
      asked.push(`${route.request().method()} ${path}${body ? ` ${body}` : ''}`);
    await route.fulfill(answers[path] ?? { status: 404 });
  });
  return { asked, there };
}

function shopifyPage(loader: string, data: object): string {
  const json = JSON.stringify({
    loader,
    proxy: '/played/apps/tagalong-chat',
    root: '/played/',
    locale: 'en',
    side: 'start',
    theme: 'auto',
    offset: { x: 20, y: 20, mobile: 20 },
    hide_launcher: false,
    customer: null,
    cart: { items: 0, shopper: null },
    product: null,
    ...data,
  });
  return `<!doctype html><html lang="en"><title>Mug</title><h1>Mug</h1>
    <script>
      window.Shopify = { routes: { root: '/played/' }, loadFeatures(_, then) {
        Shopify.customerPrivacy = { preferencesProcessingAllowed: () => true, analyticsProcessingAllowed: () => true }
        then()
      } }
    </script>
    <script src="/played/script.js" defer></script>
    <script type="application/json" data-tagalong-chat>${json}</script>`;
}

test('a Shopify theme: the shopper chats, the cart knows them, and the app is asked who is signed in', async ({
  browser,
  demo,
}) => {
  const loader = await loaderOf(browser, demo);
  const context = await browser.newContext({ permissions });
  const page = { status: 200, contentType: 'text/html', body: shopifyPage(loader, {}) };
  const played = shop(context, demo, {
    '/page': page,
    '/script.js': {
      status: 200,
      contentType: 'text/javascript',
      body: readFileSync(`${plugins}/shopify/extension/assets/tagalong-chat.js`, 'utf8'),
    },
    '/cart/update.js': { status: 200, body: '{}' },
    '/apps/tagalong-chat/identity': { status: 204 },
  });
  await played.there;

  const shopper = await Shopper.tab(context, demo, '/played/page');
  await expect(shopper.launcher).toBeVisible();
  expect(played.asked).toEqual([]);
  await shopper.open();
  await shopper.say('Is the mug dishwasher safe?');
  await shopper.sees('Is the mug dishwasher safe?');
  await expect.poll(() => played.asked.length).toBe(1);
  const [, path, body] = /^POST (\S+) (.*)$/.exec(played.asked[0] ?? '') ?? [];
  expect(path).toBe('/cart/update.js');
  const id = JSON.parse(body ?? '{}').attributes._tagalong_shopper;
  expect(id).toMatch(shopperID);

  // The next page, with a customer who is signed in now: the app is asked who it is, when the chat is opened.
  page.body = shopifyPage(loader, { customer: 77, cart: { items: 1, shopper: id } });
  await shopper.page.reload();
  await shopper.open();
  await shopper.sees('Is the mug dishwasher safe?');
  await expect.poll(() => played.asked).toContain('GET /apps/tagalong-chat/identity');
  expect(played.asked).toHaveLength(2);
});

test('any other shop: the order form takes the shopper along, and the shop is asked who is signed in', async ({
  browser,
  demo,
}) => {
  const [, url, key] = /^(.*)\/w\/(.+)\.js$/.exec(await loaderOf(browser, demo)) ?? [];
  const context = await browser.newContext({ permissions });
  const body = readFileSync(`${plugins}/recipes/page.html`, 'utf8')
    .replaceAll('{{TAGALONG_URL}}', url ?? '')
    .replaceAll('{{TAGALONG_SHOP_KEY}}', key ?? '');
  await shop(context, demo, { '/page': { status: 200, contentType: 'text/html', body } }).there;
  let identities = 0;
  await context.route(`${demo.shopURL}/tagalong/identity`, async (route) => {
    identities++;
    await route.fulfill({ status: 204 });
  });
  const shopper = await Shopper.tab(context, demo, '/played/page');
  const field = shopper.page.locator('[name=tagalong_shopper]');
  await expect(shopper.launcher).toBeVisible();
  expect(identities).toBe(0);
  await shopper.page.getByRole('button', { name: 'Ask us' }).click();
  await shopper.panelIsOpen();
  await shopper.say('Do you wrap it?');
  await shopper.sees('Do you wrap it?');
  await expect(field).toHaveValue(shopperID);
  expect(identities).toBeGreaterThan(0);
});
