// No serious fault by axe in what we put before people, in both themes, both directions, on a desktop and
// on a phone; and no word against the policies of the pages.
import type { Page } from '@playwright/test';
import { Agent } from '../src/agent.ts';
import { faults } from '../src/axe.ts';
import type { Demo } from '../src/demo.ts';
import { expect, test } from '../src/fixtures.ts';
import { Phone } from '../src/phone.ts';
import { Shopper } from '../src/shopper.ts';

/** policy collects what the pages' policies have refused. */
function policy(page: Page): string[] {
  const refused: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted Type/i.test(message.text())) refused.push(message.text());
  });
  return refused;
}

const looks = [
  { name: 'light, desktop', options: { colorScheme: 'light' } },
  { name: 'dark, desktop', options: { colorScheme: 'dark' } },
  {
    name: 'light, phone',
    options: { colorScheme: 'light', viewport: { width: 390, height: 844 }, hasTouch: true },
  },
] as const;

async function conversation(shopper: Shopper, agent: Agent): Promise<void> {
  await shopper.open();
  await shopper.say('Is the salt cellar made of oak?');
  await agent.open('Is the salt cellar made of oak?');
  await agent.say('The lid is; the pot is stoneware.');
  await shopper.sees('The lid is; the pot is stoneware.');
}

for (const { name, options } of looks) {
  test(`the chat in the shop: ${name}`, async ({ browser, demo }) => {
    const shopper = await Shopper.arrive(browser, demo, '/', options);
    const refused = policy(shopper.page);
    expect(await faults(shopper.page)).toEqual([]);
    const agent = await Agent.signIn(browser, demo);
    await conversation(shopper, agent);
    expect(await faults(shopper.page)).toEqual([]);
    expect(refused).toEqual([]);
  });

  test(`the inbox: ${name}`, async ({ browser, demo }) => {
    const shopper = await Shopper.arrive(browser, demo);
    const agent = await Agent.signIn(browser, demo, options);
    const refused = policy(agent.page);
    expect(await faults(agent.page)).toEqual([]);
    await conversation(shopper, agent);
    expect(await faults(agent.page)).toEqual([]);
    expect(refused).toEqual([]);
  });
}

for (const { name, options } of looks) {
  test(`going along to a phone: ${name}`, async ({ browser, demo }) => {
    const agent = await Agent.signIn(browser, demo, options);
    const refused = [policy(agent.page)];
    await agent.channelsAreConnected();
    await agent.page.goto(`${demo.inboxURL}/inbox/settings/channels`);
    await expect(agent.page.getByRole('heading', { name: 'Channels' })).toBeVisible();
    expect(await faults(agent.page), 'settings').toEqual([]);
    await agent.page.goto(`${demo.inboxURL}/inbox/`);

    const shopper = await Shopper.arrive(browser, demo, '/', options);
    refused.push(policy(shopper.page));
    await conversation(shopper, agent);
    const link = await shopper.goesOnIn('WhatsApp');
    expect(await faults(shopper.page), 'the way to the phone').toEqual([]);
    const phone = await Phone.scan(browser, link, 'WhatsApp');
    refused.push(policy(phone.page));
    expect(await faults(phone.page), 'the phones').toEqual([]);
    await phone.send();
    await shopper.dialog.getByRole('button', { name: 'Done' }).click();
    await expect(shopper.panel.locator('[data-handoff-confirm]')).toBeVisible();
    expect(await faults(shopper.page), 'the question who it was').toEqual([]);
    await expect(agent.log.getByText(/goes on in WhatsApp/i).first()).toBeVisible();
    expect(await faults(agent.page), 'a conversation that goes on elsewhere').toEqual([]);
    expect(refused.flat()).toEqual([]);
  });
}

test('the chat from right to left', async ({ browser, demo }) => {
  const shopper = await Shopper.arrive(browser, demo, '/?lang=ar');
  const host = shopper.page.locator('tag-along');
  await host.getByRole('button').click();
  const panel = host.locator('iframe').contentFrame();
  await panel.getByRole('textbox').fill('هل تشحنون إلى الكويت؟');
  await panel.getByRole('textbox').press('Enter');
  await expect(panel.getByRole('log').getByText('هل تشحنون إلى الكويت؟')).toHaveCount(1);
  await expect(panel.locator('html')).toHaveAttribute('dir', 'rtl');
  const box = await host.getByRole('button').first().boundingBox();
  expect(box && box.x < 640).toBe(true);
  expect(await faults(shopper.page)).toEqual([]);
});

test.describe('the demo around them', () => {
  const pages: [string, (demo: Demo) => string][] = [
    ['start page', (demo) => demo.startURL],
    ['product', (demo) => `${demo.shopURL}/products/fjord-vase`],
    ['sign-in', (demo) => `${demo.shopURL}/sign-in`],
    ['cart', (demo) => `${demo.shopURL}/cart`],
    ['backstage', (demo) => `${demo.shopURL}/backstage`],
  ];
  test('has no serious fault', async ({ demo, page }) => {
    for (const [name, url] of pages) {
      await page.goto(url(demo));
      expect(await faults(page), name).toEqual([]);
    }
  });
});
