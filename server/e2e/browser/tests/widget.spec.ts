// What a merchant is promised about the widget on their pages.
import { expect, test } from '../src/fixtures.ts';
import { Shopper } from '../src/shopper.ts';

test('who does not chat pays one request and is stored nowhere', async ({ browser, demo }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const requests: string[] = [];
  page.on('request', (request) => {
    if (request.url().startsWith(demo.chatURL)) requests.push(request.url());
  });
  const sockets: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  await page.goto(demo.shopURL);
  await expect(page.locator('tag-along').getByRole('button')).toBeVisible();
  await page.waitForLoadState('networkidle');
  expect(requests).toHaveLength(1);
  expect(sockets).toEqual([]);
  expect(await context.cookies()).toEqual([]);
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);
  expect(page.frames()).toHaveLength(1);
});

test('the keyboard alone is enough', async ({ browser, demo }) => {
  const shopper = await Shopper.arrive(browser, demo);
  await shopper.page.locator('tag-along').getByRole('button', { name: 'Open chat' }).focus();
  await shopper.page.keyboard.press('Enter');
  await expect(shopper.composer).toBeFocused();
  await shopper.page.keyboard.type('No mouse here');
  await shopper.page.keyboard.press('Enter');
  await shopper.sees('No mouse here');
  await shopper.page.keyboard.press('Escape');
  await expect(shopper.page.locator('tag-along').getByRole('button', { name: 'Open chat' })).toBeFocused();
});

test('texts that look like code stay texts', async ({ browser, demo }) => {
  const shopper = await Shopper.arrive(browser, demo);
  const alarms: string[] = [];
  shopper.page.on('dialog', (dialog) => {
    alarms.push(dialog.message());
    void dialog.dismiss();
  });
  await shopper.open();
  const nasty = [
    '<img src=x onerror=alert(1)>',
    '<script>alert(2)</script>',
    'javascript:alert(3)',
    '[x](javascript:alert(4))',
  ];
  for (const text of nasty) {
    await shopper.say(text);
    await shopper.sees(text);
  }
  expect(alarms).toEqual([]);
  expect(await shopper.log.locator('img, script, a[href^="javascript"]').count()).toBe(0);
});
