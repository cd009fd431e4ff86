/** Tools that ask and show something, in a real browser: approving a call, filling in a form, looking at what came back. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answer, findChromium, launchBrowser, openWindow, type Watch, write } from './browser.ts';
import { startToolWorld, type ToolWorld } from './tool-world.ts';

const chromium = findChromium();

describe.skipIf(!chromium)('tools that ask and show something', () => {
  let world: ToolWorld;
  let browser: Browser;
  let alex: Page & { readonly watch: Watch };
  let jimin: Page & { readonly watch: Watch };

  beforeAll(async () => {
    [world, browser] = await Promise.all([startToolWorld(), launchBrowser(chromium ?? '')]);
    const { url } = world.playground;
    [alex, jimin] = await Promise.all([
      openWindow(browser, { url, name: 'Alex', locale: 'en-US', colorScheme: 'light' }),
      openWindow(browser, { url, name: '지민', locale: 'ko-KR' }),
    ]);
    await jimin.getByRole('button', { name: 'Abacus Club' }).click();
    await jimin.locator('.example', { hasText: '/ask' }).waitFor();
  });

  afterAll(async () => {
    await browser.close();
    await world[Symbol.asyncDispose]();
  });

  test('a call waits for its asker: who else presses is told so, and nobody sees that but them', async () => {
    await write(alex, '@Jupan delete a.txt');
    await jimin.getByRole('button', { name: 'Approve' }).click();
    const refusal = jimin.locator('.message', { hasText: '질문한 멤버나 승인할 수 있는 역할을 가진 멤버만' });
    await refusal.waitFor();
    expect(await refusal.innerText()).toContain('나에게만 보여요 · 메시지 닫기');
    expect(await refusal.locator('.context').innerText()).toContain('@Jupan');
    await refusal.getByRole('button', { name: '메시지 닫기' }).click();
    await refusal.waitFor({ state: 'detached' });
    expect(world.calls).toEqual([]);

    await alex.getByRole('button', { name: 'Approve' }).click();
    await answer(alex, 'Done: deleted a.txt');
    expect(world.calls).toEqual(['delete_file{"path":"a.txt"}']);
    expect(await alex.locator('.message .button').allInnerTexts()).toEqual(['Again', 'Why?']);
    expect(await alex.locator('.is-ephemeral').count()).toBe(0);
  });

  test('a call that was denied is not made', async () => {
    await write(alex, '@Jupan delete b.txt');
    await alex.getByRole('button', { name: 'Deny' }).click();
    await answer(alex, /Done: Not run/);
    expect(world.calls).toHaveLength(1);
  });

  test('a form opens as a dialog, in the window of its asker alone, and Escape leaves it', async () => {
    await write(alex, '@Jupan book');
    const fillIn = alex.getByRole('button', { name: 'Fill in' });
    await fillIn.click();
    const dialog = alex.getByRole('dialog', { name: 'office' });
    await dialog.waitFor();
    await alex.locator('input:focus').and(alex.getByLabel('City')).waitFor();
    expect(await jimin.getByRole('dialog').count()).toBe(0);
    await alex.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await alex.locator('button:focus').and(fillIn).waitFor();
  });

  test('what is missing is said in the dialog, what is wrong is said by the bot, and what is right is taken', async () => {
    const [dialog, fillIn] = [alex.getByRole('dialog'), alex.getByRole('button', { name: 'Fill in' })];
    await fillIn.click();
    await dialog.getByRole('button', { name: 'Submit' }).click();
    expect(await dialog.getByText('This field is required.').count()).toBe(3);
    await alex.getByLabel('City').fill('S');
    await alex.getByLabel('Nights').fill('many');
    await alex.getByLabel('Room').selectOption('Double');
    await dialog.getByRole('button', { name: 'Submit' }).click();
    await dialog.getByText('Must be at least 2 characters.').waitFor();
    await alex.getByLabel('City').fill('Seoul');
    await alex.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    const advice = alex.locator('.is-ephemeral', { hasText: '“Nights” takes a whole number' });
    await advice.waitFor();
    expect(await advice.innerText()).toContain('Only you can see this · Dismiss message');

    await fillIn.click();
    await alex.getByLabel('City').fill('Seoul');
    await alex.getByLabel('Nights').fill('2');
    await alex.getByLabel('Room').selectOption('Double');
    expect(await alex.getByLabel('Breakfast').isChecked()).toBe(true);
    await alex.getByLabel('Late check-out').check();
    await alex.getByLabel('Wishes').fill('A quiet room.\nThank you!');
    await dialog.getByRole('button', { name: 'Submit' }).click();
    const expected = {
      action: 'accept',
      content: {
        city: 'Seoul',
        nights: 2,
        room: 'd',
        extras: ['breakfast', 'late'],
        wishes: 'A quiet room.\nThank you!',
      },
    };
    await answer(alex, 'Done: {"action":"accept"');
    const [, said = ''] = /Done: (\{.*\})/.exec(await alex.locator('.message .content').last().innerText()) ?? [];
    expect(JSON.parse(said)).toEqual(expected);
  });

  test('a picture is seen, a sound can be played, and anything else only saved', async () => {
    await write(alex, '@Jupan draw');
    await answer(alex, /Done: \(image/);
    const picture = alex.locator('.picture img');
    const heightOf = async () => (await picture.boundingBox())?.height ?? 0;
    await expect.poll(heightOf).toBeCloseTo(350, 0);
    // It can be moved to any place: the server gives it in parts.
    const isMoved = alex.locator('audio').evaluate((sound) => {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      sound.addEventListener('seeked', () => resolve(true), { once: true });
      Object.assign(sound, { currentTime: 1.5 });
      return promise;
    });
    expect(await isMoved).toBe(true);

    const names = await alex.locator('.file .file-name > span').allInnerTexts();
    expect(names).toEqual(['audio-2.wav', 'page.html', 'chart.svg']);
    const saved = alex.waitForEvent('download');
    await alex.getByRole('link', { name: 'Download page.html' }).click();
    expect((await saved).suggestedFilename()).toBe('page.html');
    await jimin.locator('.picture img').waitFor();
  });

  test('commands of the bot are offered, and what they answer is for their user alone', async () => {
    const field = alex.locator('.composer-box > textarea');
    await field.pressSequentially('/');
    const offered = alex.getByRole('option');
    await offered.nth(2).waitFor();
    expect(await offered.locator('.label').allInnerTexts()).toEqual([
      '/ask question file private',
      '/help',
      '/tools tool',
      '/history private',
      '/settings view',
      '/servers',
      '/stop all',
      '/tasks',
      '/usage of days',
      '/approvals',
      '/connections',
      '/forget',
      '/forget-me',
    ]);
    await field.pressSequentially('forget');
    await alex.keyboard.press('Enter');
    await alex.locator('.command-name', { hasText: '/forget' }).waitFor();
    await alex.keyboard.press('Enter');
    await alex.locator('.is-ephemeral', { hasText: 'I have forgotten our conversation in this channel.' }).waitFor();
    expect(await field.inputValue()).toBe('');
    expect(await jimin.locator('.is-ephemeral').count()).toBe(0);
  });

  test('a press that nobody takes has failed after 3 s, and can be made again', async () => {
    await write(alex, '@Jupan delete c.txt');
    const approve = alex.getByRole('button', { name: 'Approve' });
    await approve.waitFor();
    await world.playground.killProduct();
    const frozen = await world.playground.freezeProduct();
    await alex.locator('.banner').waitFor();
    await approve.click();
    await alex.locator('.button.is-waiting').waitFor();
    expect(await alex.getByRole('button', { name: 'Deny' }).isDisabled()).toBe(true);
    await alex.getByText('This interaction failed').waitFor();
    frozen[Symbol.dispose]();
    await alex.locator('.banner').waitFor({ state: 'hidden' });
    await alex.getByRole('button', { name: 'Approve' }).click();
    await answer(alex, 'Done: deleted c.txt');
  });

  test('nothing was asked of any other machine, and nothing complained', () => {
    for (const { watch } of [alex, jimin]) {
      expect(watch.requests.filter((address) => new URL(address).hostname !== '127.0.0.1')).toEqual([]);
      expect(watch.complaints).toEqual([]);
    }
  });
});
