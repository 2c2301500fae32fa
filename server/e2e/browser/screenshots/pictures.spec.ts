// Plays a small scene in a seeded demo and takes the README's pictures of it.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { Agent } from '../src/agent.ts';
import { expect, test } from '../src/fixtures.ts';
import { Phone } from '../src/phone.ts';
import { Shopper } from '../src/shopper.ts';

const folder = process.env.PICTURES ?? resolve(import.meta.dirname, '../../../docs/pictures');
const desk = {
  viewport: { width: 1440, height: 900 },
  reducedMotion: 'reduce',
} as const;
const phone = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  reducedMotion: 'reduce',
  hasTouch: true,
} as const;

test.use({ seed: true });
mkdirSync(folder, { recursive: true });

async function take(page: Page, name: string): Promise<void> {
  // A live page is never idle; what a picture needs is its pictures.
  await page.waitForFunction(() => [...document.images].every((i) => i.complete || i.loading === 'lazy'));
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}

/** seeded waits until the demo's first conversations have all been played. */
async function seeded(agent: Agent): Promise<void> {
  await expect(agent.row(/restaurant|offer together|logo stamp/)).toBeVisible({ timeout: 60_000 });
}

test('the pictures of the README', async ({ browser, demo }) => {
  const agent = await Agent.signIn(browser, demo, desk);
  await seeded(agent);
  const shopper = await Shopper.arrive(browser, demo, '/sign-in', desk);
  await shopper.page.getByRole('button', { name: 'Sign in as Mara Lindqvist' }).click();
  await shopper.open();
  await shopper.say(
    'Hi! Would the Ember teapot and two Pebble cups arrive before the 12th? It is a wedding present.',
  );
  await agent.open('wedding present');
  await agent.say(
    'Hello Mara, what a lovely present! Order by tomorrow and it is in Stockholm by the 9th. Shall we wrap it?',
  );
  await shopper.sees(/Shall we wrap it/);
  await shopper.say('Yes please, in the linen. I am ordering it now 🎉');
  await shopper.page.goto(`${demo.shopURL}/products/pebble-cups`);
  await shopper.page.getByRole('button', { name: 'Add to cart' }).click();
  await expect(shopper.page.getByRole('link', { name: /^Cart, 1/ })).toBeVisible();
  await shopper.buys('ember-teapot');
  await expect(agent.orders.getByText('Payment pending')).toBeVisible();
  await shopper.page.goto(`${demo.shopURL}/backstage`);
  await shopper.page.getByRole('button', { name: 'Mark paid' }).click();
  await expect(agent.orders.getByText('Paid', { exact: true })).toBeVisible();
  await agent.say('Got it, thank you! I will tuck in a card. 💌');

  await shopper.page.goto(`${demo.shopURL}/products/ember-teapot`);
  await shopper.open();
  await shopper.sees(/tuck in a card/);
  await take(shopper.page, 'shop');
  await take(agent.page, 'inbox');
});

test('along to the phone and back', async ({ browser, demo }) => {
  const view = { ...desk, viewport: { width: 1280, height: 860 } } as const;
  const agent = await Agent.signIn(browser, demo, view);
  await agent.channelsAreConnected();
  await seeded(agent);
  const shopper = await Shopper.arrive(browser, demo, '/products/tide-bowl', view);
  await shopper.open();
  await shopper.say('Is the Tide bowl deep enough for a salad for two?');
  await agent.open('deep enough for a salad');
  await agent.say('It holds 1.4 litres, so yes: two hungry people.');
  await shopper.sees(/two hungry people/);
  const link = await shopper.goesOnIn('WhatsApp');
  await take(shopper.page, 'along');
  const phone = await Phone.scan(browser, link, 'WhatsApp', 'lucia', view);
  await phone.send();
  await shopper.dialog.getByRole('button', { name: 'Done' }).click();
  await shopper.panel.getByRole('button', { name: 'Yes, that’s me' }).click();
  await agent.sees(/goes on in WhatsApp/i);
  await shopper.page.close();
  await phone.say('I am on the train now. Could you keep two of them until Friday?');
  await agent.sees(/on the train now/);
  await agent.say('Of course. They stand on the shelf with your name on it.');
  await phone.sees(/with your name on it/);
  await agent.sayWithAWayBack('Whenever you like, here is the way back to them:');
  await phone.sees(/the way back to them/);
  await phone.say('Perfect, thank you! 🌊');
  await agent.sees(/Perfect, thank you/);
  await expect(agent.log.getByText('Read', { exact: true }).last()).toBeVisible();
  await take(phone.page, 'phones');
  await take(agent.page, 'inbox-channels');
});

test('in the dark', async ({ browser, demo }) => {
  const agent = await Agent.signIn(browser, demo, { ...desk, colorScheme: 'dark' });
  await seeded(agent);
  await agent.open(/dropped off a truck|packs? this|forty pieces|no questions/i);
  await take(agent.page, 'inbox-dark');
});

test('on a phone, in three languages', async ({ browser, demo }) => {
  const agent = await Agent.signIn(browser, demo);
  await seeded(agent);
  for (const [lang, question, answer] of [
    ['en', 'Is the salt cellar lid real oak?', 'It is, from a cooper up the river.'],
    [
      'de',
      'Passt ein Pfund Butter in die Alpenbutterdose?',
      'Ein halbes – dafür bleibt es schön streichfähig.',
    ],
    ['ar', 'هل يتحمّل الوعاء الماء المغلي؟', 'نعم، بكل راحة.'],
  ] as const) {
    const shopper = await Shopper.arrive(browser, demo, `/?lang=${lang}`, {
      ...phone,
      colorScheme: lang === 'de' ? 'dark' : 'light',
    });
    const widget = shopper.page.locator('tag-along');
    await widget.getByRole('button').first().click();
    const panel = widget.locator('iframe').contentFrame();
    await panel.getByRole('textbox').fill(question);
    await panel.getByRole('textbox').press('Enter');
    await agent.open(question);
    await agent.say(answer);
    await expect(panel.getByRole('log').getByText(answer)).toBeVisible();
    await take(shopper.page, `phone-chat-${lang}`);
  }
});

test('where the demo begins', async ({ browser, demo }) => {
  const context = await browser.newContext(desk);
  const page = await context.newPage();
  await page.goto(demo.startURL);
  await expect(page.getByRole('status')).toHaveText('The server is up');
  await take(page, 'start');
});
