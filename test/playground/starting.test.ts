/** Before the bot is there for the first time: nothing is asked that it would never hear of. */
import type { Browser } from 'playwright-core';
import { expect, test } from 'vitest';
import { answer, contents, findChromium, launchBrowser, openWindow, write } from './browser.ts';
import { openPlayground } from './running-playground.ts';

const chromium = findChromium();

test.skipIf(!chromium)(
  'what is asked before the bot has ever been there waits in the page, which says so',
  async () => {
    await using started = new AsyncDisposableStack();
    const playground = started.adopt(await openPlayground(), async (running) => void (await running.stop()));
    const frozen = started.use(await playground.freezeProduct());
    const browser: Browser = started.adopt(await launchBrowser(chromium ?? ''), (running) => running.close());
    const alex = await openWindow(browser, { url: playground.url, name: 'Alex', locale: 'en-US' });
    await alex.getByRole('status').filter({ hasText: 'Jupan is starting. You can ask in a moment.' }).waitFor();
    const example = alex.locator('.example', { hasText: '100' });
    expect(await example.isDisabled()).toBe(true);
    await write(alex, '@Jupan add 15 and 27');
    const field = alex.locator('.composer-box > textarea');
    expect(await field.inputValue()).toBe('@Jupan add 15 and 27');
    await field.fill('/ask add 15 and 27');
    await field.press('Enter');
    await alex.getByText('No command is registered yet').waitFor();
    expect(await contents(alex)).toEqual([]);

    frozen[Symbol.dispose]();
    await alex.locator('.banner').waitFor({ state: 'hidden' });
    await alex.locator('.example', { hasText: '/ask' }).waitFor();
    await alex.locator('.hint').waitFor({ state: 'hidden' });
    await field.press('Enter');
    await answer(alex, /42/);
    await example.click();
    await answer(alex, /350/);
    expect(alex.watch.complaints).toEqual([]);
  },
);
