// The story that the product exists for, played by two people in two browsers.
import { Agent } from '../src/agent.ts';
import { lines } from '../src/burst.ts';
import { expect, test } from '../src/fixtures.ts';
import { Shopper } from '../src/shopper.ts';

test('a shopper asks, an agent answers, and both see typing and reading', async ({ browser, demo }) => {
  const shopper = await Shopper.arrive(browser, demo);
  const agent = await Agent.signIn(browser, demo);
  await shopper.open();
  await shopper.say('Is the Ember teapot safe for the oven?');
  await expect(agent.row('Is the Ember teapot safe')).toBeVisible();
  await agent.open('Is the Ember teapot safe');
  await agent.sees('Is the Ember teapot safe for the oven?');
  await expect(shopper.log.getByText('Read', { exact: true })).toBeVisible();

  await agent.composer.pressSequentially('It is', { delay: 30 });
  await expect(shopper.panel.getByText(/is writing/).first()).toBeVisible();
  await agent.say('It is, up to 220 °C.');
  await shopper.sees('It is, up to 220 °C.');
  await expect(agent.log.getByText('Read', { exact: true })).toBeVisible();

  await shopper.composer.pressSequentially('Great', { delay: 30 });
  await expect(agent.status.getByText(/is typing/)).toBeVisible();
  await shopper.say('Great, thank you!');
  await agent.sees('Great, thank you!');
});

test('an order appears beside the conversation without a reload, and moves', async ({ browser, demo }) => {
  const shopper = await Shopper.arrive(browser, demo);
  const agent = await Agent.signIn(browser, demo);
  const linked = shopper.page.waitForResponse((r) => r.url().endsWith('/link') && r.status() === 204);
  await shopper.open();
  await shopper.say('I am about to buy a moon jar');
  await linked;
  await agent.open('I am about to buy a moon jar');
  await expect(agent.orders.getByText('No orders yet')).toBeVisible();

  const number = await shopper.buys('moon-jar');
  await expect(agent.orders.getByText(number, { exact: true })).toBeVisible();
  await expect(agent.orders.getByText('Payment pending')).toBeVisible();
  await expect(agent.orders.getByText('Moon jar', { exact: true }).first()).toBeVisible();

  const backstage = await shopper.context.newPage();
  await backstage.goto(`${demo.shopURL}/backstage`);
  await backstage.getByRole('button', { name: 'Mark paid' }).click();
  await expect(agent.orders.getByText('Paid', { exact: true })).toBeVisible();
  await backstage.getByRole('button', { name: 'Mark shipped' }).click();
  await expect(agent.orders.getByText('Fulfilled', { exact: true })).toBeVisible();
});

test('a cart is seen while it is being filled', async ({ browser, demo }) => {
  const shopper = await Shopper.arrive(browser, demo);
  const agent = await Agent.signIn(browser, demo);
  await shopper.open();
  await shopper.say('Which bowl goes with the mug?');
  await agent.open('Which bowl goes with the mug?');
  await shopper.page.goto(`${demo.shopURL}/products/tide-bowl`);
  await shopper.page.getByRole('button', { name: 'Add to cart' }).click();
  const cart = agent.orders.getByRole('region', { name: 'Cart now' });
  await expect(cart.getByText('Tide bowl')).toBeVisible();
  await shopper.page.goto(`${demo.shopURL}/products/dune-mug`);
  await shopper.page.getByRole('button', { name: 'Add to cart' }).click();
  await expect(cart.getByText('Dune mug')).toBeVisible();
});

test('a server killed in the middle of a burst loses nothing and doubles nothing', async ({
  browser,
  demo,
}) => {
  const shopper = await Shopper.arrive(browser, demo);
  const agent = await Agent.signIn(browser, demo);
  await shopper.open();
  await shopper.say('Before the crash');
  await agent.open('Before the crash');
  await agent.sees('Before the crash');

  const burst = lines(24);
  for (const [i, line] of burst.entries()) {
    await shopper.say(line);
    if (i === 9) await demo.kill();
    if (i === 15) await demo.up();
  }
  await expect(async () => {
    expect(await shopper.burst()).toEqual(burst);
    expect(await agent.burst()).toEqual(burst);
  }).toPass({ timeout: 45_000 });
  await expect(shopper.panel.getByText(/^(Sending|Waits for the connection)$/)).toHaveCount(0, {
    timeout: 30_000,
  });

  await agent.say('After the crash');
  await shopper.sees('After the crash');
  await shopper.sees('Before the crash');
  await agent.sees('Before the crash');
});

test('an agent keeps writing while the server is away', async ({ browser, demo }) => {
  const shopper = await Shopper.arrive(browser, demo);
  const agent = await Agent.signIn(browser, demo);
  await shopper.open();
  await shopper.say('Are you there?');
  await agent.open('Are you there?');
  await agent.sees('Are you there?');
  await demo.kill();
  for (const line of lines(5)) await agent.say(line);
  await demo.up();
  await expect(async () => {
    expect(await shopper.burst()).toEqual(lines(5));
    expect(await agent.burst()).toEqual(lines(5));
  }).toPass({ timeout: 45_000 });
});

test('a shopper reloads and goes on; a second tab agrees', async ({ browser, demo }) => {
  const shopper = await Shopper.arrive(browser, demo);
  const agent = await Agent.signIn(browser, demo);
  await shopper.open();
  await shopper.say('Do you ship to Japan?');
  await agent.open('Do you ship to Japan?');
  await agent.say('We do, in about ten days.');
  await shopper.sees('We do, in about ten days.');

  await shopper.page.reload();
  await shopper.open();
  await shopper.sees('Do you ship to Japan?');
  await shopper.sees('We do, in about ten days.');

  const second = await Shopper.tab(shopper.context, demo, '/products/pebble-cups');
  await second.open();
  await second.sees('Do you ship to Japan?');
  await second.say('Then two cups, please');
  await shopper.sees('Then two cups, please');
  await agent.sees('Then two cups, please');
  await agent.say('With pleasure');
  await shopper.sees('With pleasure');
  await second.sees('With pleasure');
});

test('an answer that came while the shopper was away is waiting', async ({ browser, demo }) => {
  const shopper = await Shopper.arrive(browser, demo);
  const agent = await Agent.signIn(browser, demo);
  await shopper.open();
  await shopper.say('I will be back');
  await agent.open('I will be back');
  await agent.sees('I will be back');
  await shopper.page.close();
  await agent.say('Take your time');
  await expect(agent.log.getByText('Sent', { exact: true })).toBeVisible();

  const back = await Shopper.tab(shopper.context, demo);
  await expect(
    back.page.locator('tag-along').getByRole('button', { name: 'Open chat, 1 unread' }),
  ).toBeVisible();
  await back.open();
  await back.sees('Take your time');
  await expect(agent.log.getByText('Read', { exact: true })).toBeVisible();
});

test('who signs in to the shop has a name in the inbox', async ({ browser, demo }) => {
  const shopper = await Shopper.arrive(browser, demo, '/sign-in');
  const agent = await Agent.signIn(browser, demo);
  await shopper.page.getByRole('button', { name: 'Sign in as Mara Lindqvist' }).click();
  await shopper.open();
  await shopper.say('It is me');
  await expect(agent.row('Mara Lindqvist')).toBeVisible();
  await agent.open('It is me');
  await expect(agent.orders.getByText('mara@example.com').first()).toBeVisible();
});

test('without web sockets the chat goes on over plain requests', async ({ browser, demo }) => {
  const context = await browser.newContext();
  let refused = 0;
  await context.routeWebSocket(/\/socket$/, (socket) => {
    refused++;
    socket.close();
  });
  const shopper = await Shopper.tab(context, demo);
  const agent = await Agent.signIn(browser, demo);
  await shopper.open();
  await shopper.say('Behind an old proxy');
  await agent.open('Behind an old proxy');
  await agent.say('We hear you all the same');
  await shopper.sees('We hear you all the same');
  await expect(agent.log.getByText('Read', { exact: true })).toBeVisible();
  expect(refused).toBeGreaterThan(0);
});

test('the shop works with the chat server away', async ({ demo, context }) => {
  // The demo's shop lives in the server's process, so the chat alone is taken away: by the network.
  await context.route(`${demo.chatURL}/**`, (route) => route.abort());
  const page = await context.newPage();
  await page.goto(`${demo.shopURL}/products/dune-mug`);
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await expect(page.getByRole('link', { name: 'Cart, 1 piece' })).toBeVisible();
  await page.getByRole('link', { name: 'Cart, 1 piece' }).click();
  await expect(page.getByRole('heading', { name: 'Your cart' })).toBeVisible();
});
