// A conversation that leaves the shop by phone and comes home, played by the three who take part: the shopper in their browser, the
// shopper with their phone, and the agent.
import type { Browser } from '@playwright/test';
import { Agent } from '../src/agent.ts';
import type { Demo } from '../src/demo.ts';
import { expect, test } from '../src/fixtures.ts';
import { Phone } from '../src/phone.ts';
import { Shopper } from '../src/shopper.ts';

const apps = ['WhatsApp', 'Messenger'] as const;

/** ask begins a conversation on the site. */
async function ask(browser: Browser, demo: Demo, question: string): Promise<[Shopper, Agent]> {
  const agent = await Agent.signIn(browser, demo);
  await agent.channelsAreConnected();
  const shopper = await Shopper.arrive(browser, demo);
  await shopper.open();
  await shopper.say(question);
  await agent.open(question);
  await agent.sees(question);
  return [shopper, agent];
}

for (const app of apps) {
  test(`a conversation goes along to ${app} and comes home`, async ({ browser, demo }) => {
    const [shopper, agent] = await ask(browser, demo, '1. Is the Ember teapot safe for the oven?');
    await agent.say('2. It is, up to 220 °C.');
    await shopper.sees('2. It is, up to 220 °C.');

    const link = await shopper.goesOnIn(app);
    // The one app runs in the browser of the shop, the other on a phone that reads the code.
    const phone =
      app === 'WhatsApp'
        ? await Phone.opened(await shopper.followsTheLink(), app)
        : await Phone.scan(browser, link, app);
    if (app === 'WhatsApp') await expect(phone.composer).toHaveValue(/[2-9A-Z]{3}-[2-9A-Z]{4}/);
    if (app === 'WhatsApp') await phone.send();
    else await phone.begin();
    await expect(shopper.dialog.getByText('Connected', { exact: true })).toBeVisible();
    await expect(agent.log.getByText(new RegExp(`goes on in ${app}`, 'i')).first()).toBeVisible();
    await shopper.page.close();

    await phone.leave();
    await agent.say('3. Shall I put one aside?');
    await expect(agent.log.getByText('Delivered', { exact: true })).toBeVisible();
    await phone.enter();
    await phone.sees('3. Shall I put one aside?');
    await expect(agent.log.getByText('Read', { exact: true })).toHaveCount(2);
    await phone.say('4. Yes please, the blue one.');
    await agent.sees('4. Yes please, the blue one.');
    await agent.sayWithAWayBack('5. It waits for you here.');
    await phone.sees('5. It waits for you here.');

    const back = await shopper.comesBack(phone);
    await back.panelIsOpen();
    await expect(back.page).not.toHaveURL(/tagalong=/);
    await back.say('6. There it is, thank you!');
    await agent.sees('6. There it is, thank you!');
    await agent.say('7. With pleasure.');
    await back.sees('7. With pleasure.');
    await agent.sees('Back on the site');
    await expect(phone.log.getByText(/^7\. /)).toHaveCount(0);

    const said = [
      '1. Is the Ember teapot safe for the oven?',
      '2. It is, up to 220 °C.',
      '3. Shall I put one aside?',
      '4. Yes please, the blue one.',
      '5. It waits for you here.',
      '6. There it is, thank you!',
      '7. With pleasure.',
    ];
    const numbered = /^\d+\. /;
    await expect(back.log.getByText(numbered)).toHaveText(said);
    await expect(agent.log.getByText(numbered)).toHaveText(said);
    await expect(agent.rows).toHaveCount(1);
    expect(await phone.log.getByText(numbered).allTextContents()).toEqual(said.slice(2, 5));
  });
}

test('a link that was passed on begins a conversation of its own', async ({ browser, demo }) => {
  const [shopper, agent] = await ask(browser, demo, 'Do you ship to Spain?');
  const link = await shopper.goesOnIn('WhatsApp');
  const lucia = await Phone.scan(browser, link, 'WhatsApp');
  await lucia.send();
  await expect(shopper.dialog.getByText('Connected', { exact: true })).toBeVisible();

  const tom = await Phone.scan(browser, link, 'WhatsApp', 'tom');
  await tom.say(`${await tom.composer.inputValue()} It is Tom here`);
  await expect(agent.row('Tom Weber')).toBeVisible();
  await agent.open('Tom Weber');
  await agent.sees(/had been used before/);
  await expect(agent.log.getByText('Do you ship to Spain?')).toHaveCount(0);
  await agent.say('Hello Tom');
  await tom.sees('Hello Tom');
  await expect(agent.rows).toHaveCount(2);
  await expect(lucia.log.getByText('Hello Tom')).toHaveCount(0);
  await expect(shopper.log.getByText(/Tom/)).toHaveCount(0);
});

test('who says that it was not them takes the conversation back', async ({ browser, demo }) => {
  const [shopper, agent] = await ask(browser, demo, 'Where is my order?');
  const link = await shopper.goesOnIn('WhatsApp');
  const tom = await Phone.scan(browser, link, 'WhatsApp', 'tom');
  await tom.send();
  await shopper.dialog.getByRole('button', { name: 'Done' }).click();
  const asked = shopper.panel.locator('[data-handoff-confirm]');
  await expect(asked).toContainText('Tom Weber');
  await asked.getByRole('button', { name: 'No', exact: true }).click();
  await expect(shopper.panel.getByText(/^Undone/)).toBeVisible();
  await agent.say('It left our kiln this morning.');
  await shopper.sees('It left our kiln this morning.');
  await tom.say('And now?');
  await expect(agent.row('And now?')).toBeVisible();
  await expect(agent.rows).toHaveCount(2);
  await expect(tom.log.getByText('It left our kiln this morning.')).toHaveCount(0);
  await expect(shopper.log.getByText('And now?')).toHaveCount(0);
});

test('the answer follows who left their number', async ({ browser, demo }) => {
  const [shopper, agent] = await ask(browser, demo, 'Will the moon jar come back?');
  await shopper.leavesANumber('ES', '600 000 001');
  await shopper.page.close();

  await agent.say('It does, on Friday.');
  const phone = await Phone.pickUp(browser, demo, 'WhatsApp');
  await phone.enter();
  // Nobody wrote from there yet, so it is a template that brings the answer.
  await phone.sees(/has answered your question: It does, on Friday\.$/);
  await phone.screen.getByRole('button', { name: 'Go on' }).click();
  await expect(agent.row('Go on')).toBeVisible();
  await agent.say('Shall I keep one?');
  await phone.sees('Shall I keep one?');
  await phone.say('Then I wait.');
  await expect(agent.row('Then I wait.')).toBeVisible();
  await agent.sees('It does, on Friday.');
  await agent.sees('Then I wait.');
  await expect(agent.rows).toHaveCount(1);
});
