// A shop on WordPress, from the merchant's first click to a shopper's parcel. One story: what is connected first is used after.
import { expect, test } from '@playwright/test';
import type { Demo } from '../src/demo.ts';
import { Shopper } from '../src/shopper.ts';
import { fillsIn, flush, Inbox, php, signIn, site, thanked } from './site.ts';

test.describe.configure({ mode: 'serial' });

const shop = { shopURL: site.url } as unknown as Demo;

test('a merchant connects the shop by a button and a consent page', async ({ page }) => {
  await page.goto(`${site.url}/wp-login.php`);
  await page.getByLabel('Username or Email Address').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(site.adminPassword);
  await page.getByRole('button', { name: 'Log In' }).click();
  await page.goto(`${site.url}/wp-admin/admin.php?page=tagalong-chat`);
  await page.getByLabel('Address of your Tagalong').fill(site.chatURL);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();

  await expect(page).toHaveURL(new RegExp(`^${site.inboxURL}/inbox/connect`));
  await signIn(page);
  await expect(page.getByText('Tagalong Chat for WooCommerce').first()).toBeVisible();
  await expect(page.getByText(new URL(site.url).host).first()).toBeVisible();
  await page.getByTestId('shop-new').click();
  await expect(page.getByLabel('Address of the shop')).toHaveValue(site.url);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();

  await expect(page).toHaveURL(/tagalong_said=connected/);
  await expect(page.getByText('Connected to Mug shop')).toBeVisible();
  await flush();
});

test('a shopper chats, and what they put into the cart and buy appears in the inbox', async ({ browser }) => {
  const inbox = await Inbox.open(browser);
  const shopper = await Shopper.arrive(browser, shop, '/product/blue-mug/');
  await shopper.open();
  await shopper.say('Is the blue mug dishwasher-safe?');
  await inbox.row('Is the blue mug dishwasher-safe?').click();
  await expect(inbox.log.getByText('Is the blue mug dishwasher-safe?')).toBeVisible();
  await expect(inbox.orders.getByText('Blue Mug').first()).toBeVisible(); // the page that they are on
  await inbox.say('It is.');
  await shopper.sees('It is.');

  await shopper.page.getByRole('button', { name: 'Add to cart' }).click();
  await expect(shopper.page.getByRole('link', { name: 'Cart, 1' })).toBeVisible();
  await flush();
  await expect(inbox.cart.getByText('Blue Mug')).toBeVisible();

  await shopper.page.getByRole('link', { name: 'Proceed to checkout' }).click();
  await fillsIn(shopper.page);
  await shopper.page.getByRole('button', { name: 'Place order' }).click();
  const number = await thanked(shopper.page);
  await flush();
  await expect(inbox.orders.getByText(number, { exact: true }).first()).toBeVisible();
  await expect(inbox.orders.getByText('Payment pending').first()).toBeVisible();
  const page = inbox.orders.getByRole('link', { name: /order-received/ });
  await expect(page).not.toHaveAttribute('href', /wc_order_/); // the key opens the buyer's page
  await expect(inbox.cart).toHaveCount(0);

  await php(`$o = wc_get_order(${number}); $o->set_date_paid(time());
    $o->update_meta_data('_wc_shipment_tracking_items', [['tracking_provider' => 'dhl-de', 'custom_tracking_provider' => '',
      'custom_tracking_link' => '', 'tracking_number' => '00340434161094000000', 'date_shipped' => (string) time(), 'tracking_id' => 'a1']]);
    $o->save();`);
  await flush();
  await expect(inbox.orders.getByText('Paid', { exact: true }).first()).toBeVisible();
  await expect(inbox.orders.getByText('00340434161094000000').first()).toBeVisible();

  await php(`wc_create_refund(['order_id' => ${number}, 'amount' => '4.50', 'reason' => 'chipped']);`);
  await flush();
  await expect(inbox.orders.getByText('Partly refunded').first()).toBeVisible();
  await Promise.all([inbox.context.close(), shopper.context.close()]);
});

test('an agent sends a product, and the shopper puts it into the cart from the chat', async ({ browser }) => {
  await php(`foreach (wc_get_products(['limit' => 10]) as $p) { $p->save(); }`); // the plugin tells of what changes
  await flush();
  const inbox = await Inbox.open(browser);
  const shopper = await Shopper.arrive(browser, shop, '/product/blue-mug/');
  await shopper.open();
  await shopper.say('Is there a cheaper one?');
  await inbox.row('Is there a cheaper one?').click();
  await inbox.page.getByTestId('card-menu').click();
  await inbox.page.getByRole('menuitem', { name: 'Send products' }).click();
  await inbox.page.getByRole('combobox', { name: /Find a product/ }).fill('Red');
  await inbox.page
    .getByRole('option', { name: /Red Mug/ })
    .first()
    .click();
  await inbox.page.getByRole('checkbox', { name: /Add to cart/ }).check();
  await inbox.page.getByRole('button', { name: /^Add to the reply/ }).click();
  await inbox.say('This one.');

  await shopper.sees('This one.');
  await shopper.log.getByRole('button', { name: /Add to cart/ }).click();
  await expect(shopper.log.getByText('It is in your cart.')).toBeVisible();
  await shopper.page.reload();
  await expect(shopper.page.getByRole('link', { name: 'Cart, 1' })).toBeVisible();
  await flush();
  await expect(inbox.cart.getByText('Red Mug')).toBeVisible();
  await Promise.all([inbox.context.close(), shopper.context.close()]);
});

test('the block checkout is seen while it is under way, and becomes an order', async ({ browser }) => {
  const inbox = await Inbox.open(browser);
  const shopper = await Shopper.arrive(browser, shop, '/product/tea-pot/');
  await shopper.open();
  await shopper.say('Does the tea pot drip?');
  await inbox.row('Does the tea pot drip?').click();

  await shopper.page.getByRole('button', { name: 'Add to cart' }).click();
  await shopper.page.getByRole('link', { name: 'Proceed to block checkout' }).click();
  const form = shopper.page.locator('form.wc-block-checkout');
  await expect(form).toHaveAttribute('data-ready', 'yes');
  await fillsIn(shopper.page);
  await shopper.page.getByLabel('Phone', { exact: true }).blur();
  await expect(form).toHaveAttribute('data-ready', 'yes');
  await flush();
  await expect(inbox.orders.getByText('At the checkout').first()).toBeVisible();

  await shopper.page.getByRole('button', { name: 'Place order' }).click();
  const number = await thanked(shopper.page);
  await flush();
  await expect(inbox.orders.getByText(number, { exact: true }).first()).toBeVisible();
  await expect(inbox.cart).toHaveCount(0);
  await Promise.all([inbox.context.close(), shopper.context.close()]);
});

test('a customer who signs in is known to the agent as the shop knows them', async ({ browser }) => {
  const inbox = await Inbox.open(browser);
  const shopper = await Shopper.arrive(browser, shop, '/account/');
  await shopper.page.getByLabel('Username or Email Address').fill('cora');
  await shopper.page.getByLabel('Password', { exact: true }).fill(site.customerPassword);
  await shopper.page.getByRole('button', { name: 'Log In' }).click();
  await expect(shopper.page.getByText('Signed in as cora')).toBeVisible();
  await php(
    `$c = new WC_Customer(get_user_by('login', 'cora')->ID); $c->set_billing_phone('+49 30 901821'); $c->save();`,
  );
  await flush();
  await shopper.open();
  await shopper.say('Can I still change my address?');
  await inbox.row('Can I still change my address?').click();
  await expect(inbox.orders.getByText('cora@example.test').first()).toBeVisible();
  await Promise.all([inbox.context.close(), shopper.context.close()]);
});
