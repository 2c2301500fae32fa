// The shop's goods in the conversation, and where a shopper's orders are.
import { Agent } from '../src/agent.ts';
import { faults } from '../src/axe.ts';
import { expect, test } from '../src/fixtures.ts';
import { Shopper } from '../src/shopper.ts';

/** say posts what the agent's window has no field for, as the inbox would. */
async function say(agent: Agent, message: object): Promise<void> {
  const status = await agent.page.evaluate(async (message) => {
    const [, shop, conversation] =
      /(shop_\w+).*(cnv_\w+)/.exec(location.href) ?? (await newest().catch(() => []));
    const answer = await fetch(`/v1/shops/${shop}/conversations/${conversation}/entries`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ client_id: crypto.randomUUID(), kind: 'message', message }),
    });
    return answer.ok ? 'said' : await answer.text();

    async function newest() {
      const me = await (await fetch('/v1/agent/me')).json();
      const { id } = me.shops[0];
      const list = await (await fetch(`/v1/shops/${id}/conversations`)).json();
      return ['', id, list.items[0].id];
    }
  }, message);
  expect(status).toBe('said');
}

const card = (product: string, title: string) => ({
  title,
  price: { amount: 8900, currency: 'EUR' },
  product,
  variant: `${product}-moss`,
  buttons: [{ kind: 'cart', title: '' }],
});

test('a card puts its product into the cart, and a coupon can be copied until it has run out', async ({
  browser,
  demo,
}) => {
  const agent = await Agent.signIn(browser, demo);
  const shopper = await Shopper.arrive(browser, demo, '/products/pebble-cups');
  await shopper.open();
  await shopper.say('Which teapot goes with these?');
  await agent.open('Which teapot');
  await say(agent, {
    text: 'One of these:',
    cards: [
      card('ember-teapot', 'Ember teapot'),
      card('no-such', 'Sold out'),
      card('tide-bowl', 'Tide bowl'),
    ],
  });
  await say(agent, { coupon: { code: 'MARL-10', expires_at: Date.now() + 86_400_000 } });
  await say(agent, { coupon: { code: 'OLD-10', expires_at: Date.now() - 86_400_000 } });
  await expect(shopper.log.getByText('OLD-10')).toBeVisible();
  await expect(shopper.log.getByRole('button', { name: 'Copy code' })).toHaveCount(1);

  await shopper.log.getByRole('button', { name: 'Add to cart Ember teapot' }).click();
  await expect(shopper.log.getByText('It is in your cart.')).toBeVisible();
  await expect(shopper.page.getByRole('link', { name: /^Cart, 1/ })).toBeVisible();
  await expect(shopper.log.getByRole('link', { name: 'View cart' })).toHaveAttribute(
    'href',
    `${demo.shopURL}/cart`,
  );

  // By keyboard: the row turns, and what is pressed stays where it is.
  const next = shopper.log.getByRole('button', { name: 'Next products' });
  await next.focus();
  await next.press('Enter');
  await expect(next).toBeFocused();
  await shopper.log.getByRole('button', { name: 'Add to cart Sold out' }).click();
  await expect(shopper.log.getByText('That did not work. Please try again.')).toBeVisible();
  expect(await faults(shopper.page)).toEqual([]);
});

test('a shopper sees their own orders, and asks about one', async ({ browser, demo }) => {
  const agent = await Agent.signIn(browser, demo);
  const shopper = await Shopper.arrive(browser, demo);
  await shopper.open();
  await shopper.say('Just looking around');
  await agent.open('Just looking around');
  const number = await shopper.buys('ember-teapot');
  await shopper.page.goto(`${demo.shopURL}/backstage`);
  await shopper.page.getByRole('button', { name: 'Mark paid' }).click();

  await shopper.page.goto(demo.shopURL);
  await shopper.open();
  await expect(async () => {
    await shopper.panel.getByRole('button', { name: 'More' }).click();
    await shopper.panel.getByRole('button', { name: 'Where is my order?' }).first().click();
    await shopper.dialog
      .getByRole('button', { name: new RegExp(`${number}.*We are preparing`) })
      .click({ timeout: 2000 });
  }).toPass();
  await expect(shopper.dialog.getByRole('listitem').filter({ hasText: 'Paid done' })).toBeVisible();
  await expect(shopper.dialog.getByRole('listitem').filter({ hasText: 'Sent not yet' })).toBeVisible();
  await expect(shopper.dialog.getByText('Ember teapot')).toBeVisible();
  expect(await faults(shopper.page)).toEqual([]);
  await shopper.dialog.getByRole('button', { name: 'Ask about this order' }).click();
  await expect(shopper.composer).toBeFocused();
  await expect(shopper.composer).toHaveValue(new RegExp(number));

  // The order that an agent sends is there at once, as it stood then.
  const order = await agent.page.evaluate(async () => {
    const me = await (await fetch('/v1/agent/me')).json();
    return (await (await fetch(`/v1/shops/${me.shops[0].id}/orders`)).json()).items[0].external_id;
  });
  await say(agent, { text: 'This one?', order });
  const sent = shopper.log.locator('.card', { hasText: number });
  await expect(sent.getByText('We are preparing your order')).toBeVisible();
  await expect(sent.getByText('Ember teapot')).toBeVisible();
  expect(await faults(shopper.page)).toEqual([]);
});

test('an order is found by its number and e-mail, and nothing else tells that it is there', async ({
  browser,
  demo,
}) => {
  const buyer = await Shopper.arrive(browser, demo);
  const number = await buyer.buys('ember-teapot');
  const shopper = await Shopper.arrive(browser, demo, '/?lang=ar', { colorScheme: 'dark' });
  await shopper.page.locator('tag-along').getByRole('button').click();
  const panel = shopper.page.locator('tag-along iframe').contentFrame();
  await panel.getByRole('button', { name: 'أين طلبي؟' }).click();
  const dialog = panel.getByRole('dialog');
  const find = async (number: string, email: string) => {
    await dialog.getByRole('textbox', { name: 'رقم الطلب' }).fill(number);
    await dialog.getByRole('textbox', { name: 'البريد الإلكتروني' }).fill(email);
    await dialog.getByRole('button', { name: 'ابحث عن الطلب' }).click();
  };
  const problem = dialog.getByRole('alert');
  await find('M-99999', 'ada@example.com');
  await expect(problem).not.toBeEmpty();
  const said = await problem.textContent();
  await find(number, 'eve@example.com');
  await expect(dialog.getByRole('textbox', { name: 'رقم الطلب' })).toBeFocused();
  await expect(problem).toHaveText(said ?? '');
  expect(await faults(shopper.page)).toEqual([]);
  // As people write it: with a sign before it and spaces around.
  await find(` #${number} `, 'ADA@example.com');
  await expect(dialog.getByRole('heading', { name: number })).toBeVisible();
  await expect(dialog.getByText('Ember teapot')).toBeVisible();
  await expect(dialog.getByText(/London|SW1Y|ada@/i)).toHaveCount(0);
  expect(await faults(shopper.page)).toEqual([]);
  // Three tries of five are used; who goes on trying has to wait.
  await dialog.getByRole('button', { name: 'رجوع' }).click();
  await expect(async () => {
    await find('M-1', 'ada@example.com');
    await expect(problem).toHaveText(/يرجى الانتظار/, { timeout: 500 });
  }).toPass();
});
