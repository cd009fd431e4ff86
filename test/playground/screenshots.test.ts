/** Takes the README's pictures of the playground, and keeps them when told to: `UPDATE_SCREENSHOTS=1 npm test -- test/playground/screenshots`. */
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { answer, findChromium, launchBrowser, openWindow } from './browser.ts';
import { openPlayground } from './running-playground.ts';

const chromium = findChromium();
const pictures = [
  { file: 'docs/playground.png', colorScheme: 'light' },
  { file: 'docs/playground-dark.png', colorScheme: 'dark' },
] as const;

test.skipIf(!chromium)('pictures of the story in Korean', { timeout: 60_000 }, async () => {
  const playground = await openPlayground();
  const browser = await launchBrowser(chromium ?? '');
  const open = (name: string, colorScheme: 'light' | 'dark') =>
    openWindow(browser, { url: playground.url, name, locale: 'ko-KR', colorScheme, height: 788 });
  try {
    const jimin = await open('지민', 'light');
    await jimin.locator('.example', { hasText: '/ask' }).waitFor();
    await ask(jimin, '15와 27');
    await answer(jimin, '더하면 42입니다.');
    await ask(jimin, '100과 200');
    await answer(jimin, /350입니다/);
    const seoyeon = await open('서연', 'dark');
    for (const [page, { file }] of [
      [jimin, pictures[0]],
      [seoyeon, pictures[1]],
    ] as const) {
      await page.locator('.member', { hasText: '서연' }).waitFor();
      await page.mouse.move(0, 0);
      const path = fileURLToPath(new URL(`../../${file}`, import.meta.url));
      const picture = await page.screenshot(process.env.UPDATE_SCREENSHOTS ? { path } : {});
      expect(picture.length).toBeLessThan(300_000);
    }
  } finally {
    await browser.close();
    await playground.stop();
  }
});

test.skipIf(!chromium)('a picture of what is drawn, and why', { timeout: 60_000 }, async () => {
  const playground = await openPlayground();
  const browser = await launchBrowser(chromium ?? '');
  try {
    const alex = await openWindow(browser, { url: playground.url, name: 'Alex', locale: 'en-US', height: 1060 });
    // What is asked before the bot is there for the first time, nobody has missed.
    await alex.locator('.example', { hasText: '/ask' }).waitFor();
    await ask(alex, 'plot x^2 and sin(x)');
    await answer(alex, /^Here it is\. Plot of/);
    await alex.getByRole('img', { name: /^Plot of/ }).waitFor();
    await alex.getByRole('button', { name: 'Why?' }).last().click();
    await alex.locator('.is-ephemeral', { hasText: 'plot' }).waitFor();
    await alex.mouse.move(0, 0);
    const path = fileURLToPath(new URL('../../docs/drawing.png', import.meta.url));
    const picture = await alex.screenshot(process.env.UPDATE_SCREENSHOTS ? { path } : {});
    expect(picture.length).toBeLessThan(300_000);
  } finally {
    await browser.close();
    await playground.stop();
  }
});

async function ask(page: Page, words: string): Promise<void> {
  await page.locator('.example', { hasText: words }).click();
}
