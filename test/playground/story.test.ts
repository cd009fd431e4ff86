/** The whole playground, started as a user starts it, in a real browser: the story that the README tells, by clicks and keys. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answer, contents, findChromium, launchBrowser, openWindow, type Watch, write } from './browser.ts';
import { openPlayground, type RunningPlayground } from './running-playground.ts';

const chromium = findChromium();
if (!chromium) console.log('Skipped: the playground in a browser. No Chromium was found; set CHROMIUM_PATH to one.');

describe.skipIf(!chromium)('the playground in a browser', () => {
  let playground: RunningPlayground;
  let browser: Browser;
  let jimin: Page & { readonly watch: Watch };
  let alex: Page & { readonly watch: Watch };

  beforeAll(async () => {
    [playground, browser] = await Promise.all([openPlayground(), launchBrowser(chromium ?? '')]);
    [jimin, alex] = await Promise.all([
      openWindow(browser, { url: playground.url, name: '지민', locale: 'ko-KR' }),
      openWindow(browser, { url: playground.url, name: 'Alex', locale: 'en-US', colorScheme: 'light' }),
    ]);
    await jimin.locator('.example', { hasText: '/ask' }).waitFor();
  });

  afterAll(async () => {
    await browser.close();
    await playground.stop();
  });

  test('a mention, completed from its first letters, is answered with text, notice and reply', async () => {
    const field = jimin.locator('.composer-box > textarea');
    await field.pressSequentially('@Jup');
    await jimin.getByRole('option', { name: 'Jupan' }).waitFor();
    await jimin.keyboard.press('Enter');
    await field.pressSequentially('15와 27을 더해줘');
    await jimin.keyboard.press('Enter');
    await answer(jimin, '15와 27을 더하면 42입니다.');
    const [question, announcement, notice, reply] = await contents(jimin);
    expect(question).toBe('@Jupan 15와 27을 더해줘');
    expect(announcement).toBe('15와 27을 더해보겠습니다.');
    expect(notice).toContain('✅ add({"a":15,"b":27}) → 42');
    expect(reply).toContain('15와 27을 더하면 42입니다.');
    const context = jimin.locator('.message', { hasText: '더하면 42' }).locator('.context');
    expect(await context.innerText()).toContain('@지민');
  });

  test('an example asks with one click, in two steps', async () => {
    await alex.locator('.example', { hasText: '100 and 200' }).click();
    await answer(alex, /350\./);
    const notices = (await contents(alex)).filter((text) => text.startsWith('✅'));
    expect(notices.map((text) => text.replace(/\s*\(edited\)$/, ''))).toEqual([
      '✅ add({"a":100,"b":200}) → 300',
      '✅ add({"a":300,"b":50}) → 350',
    ]);
  });

  test('an answer says what it is made of to whoever asks, and is given again in its place', async () => {
    const reply = alex.locator('.message', { has: alex.locator('.button', { hasText: 'Again' }) });
    const { length: before } = await contents(alex);
    await reply.getByRole('button', { name: 'Why?' }).click();
    const why = alex.locator('.message.is-ephemeral');
    await why.locator('.content', { hasText: '✅ add (calculator) – done' }).waitFor();
    expect(await why.locator('.only-you').innerText()).toContain('Only you can see this');
    await why.getByRole('button', { name: 'Dismiss message' }).click();
    await reply.getByRole('button', { name: 'Again' }).click();
    await reply.locator('.content', { hasText: /350\.\s*\(edited\)/ }).waitFor();
    await reply.getByRole('button', { name: 'Why?' }).waitFor();
    expect(await contents(alex)).toHaveLength(before);
  });

  test('a picture is drawn, and says what it shows to whoever cannot see it', async () => {
    await alex.locator('.example', { hasText: 'plot x^2 and sin(x)' }).click();
    await answer(alex, /^Here it is\. Plot of/);
    const description = 'Plot of x^2 and sin(x), x from -5 to 5, y from -1 to 25.';
    const picture = alex.getByRole('img', { name: description });
    await picture.waitFor();
    expect(await picture.evaluate((image) => 'naturalWidth' in image && image.naturalWidth)).toBe(1080);
    const text = alex.locator('.alt-text p');
    expect(await text.isVisible()).toBe(false);
    await alex.locator('.alt-text summary').click();
    expect(await text.innerText()).toBe(description);
  });

  test('a formula is written in signs, and what they cannot say is a picture that is put into words', async () => {
    await write(alex, '@Jupan show me the quadratic formula');
    await answer(alex, 'Where a ≠ 0, the solutions of ax² + bx + c = 0 are');
    const picture = alex.getByRole('img', { name: 'x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}' });
    await picture.waitFor();
    expect(await picture.evaluate((image) => 'naturalWidth' in image && Number(image.naturalWidth) > 100)).toBe(true);
  });

  test('two windows are two members who see the same channel, each in a language of their own', async () => {
    expect(await alex.locator('.guild-name').innerText()).toBe('Abacus Club');
    await alex.getByRole('button', { name: '주판 교실' }).click();
    await answer(alex, '더하면 42입니다');
    await write(alex, 'hi 지민!');
    await answer(jimin, 'hi 지민!');
    expect(await jimin.locator('.members').innerText()).toContain('Alex');
    expect(await alex.locator('.members').innerText()).toMatch(/^Online — 3/);
    expect(await jimin.locator('.members').innerText()).toMatch(/^온라인 — 3/);
  });

  test('a member writes, edits and deletes, and the other window follows in place', async () => {
    await alex.getByRole('button', { name: 'random' }).click();
    await jimin.getByRole('button', { name: 'random' }).click();
    await write(alex, 'first version');
    await answer(jimin, 'first version');
    const before = await jimin.locator('.message').last().elementHandle();
    await alex.locator('.composer-box > textarea').press('ArrowUp');
    await alex.keyboard.type(', mended');
    await alex.keyboard.press('Enter');
    await answer(jimin, /first version, mended\s*\(수정됨\)/);
    expect(await before?.innerText()).toContain('mended');
    const message = alex.locator('.message').last();
    await message.hover();
    await message.getByRole('button', { name: 'Delete' }).click();
    await jimin.locator('.message').waitFor({ state: 'detached' });
  });

  test('what members write is shown as text: no markup, no link but to the web', async () => {
    const text = '<img src=x onerror=alert(1)> **bold** `code` [bad](javascript:alert(1)) [good](https://example.com/)';
    await write(alex, text);
    await answer(jimin, 'bold');
    const content = jimin.locator('.message .content').last();
    expect(await content.innerText()).toBe('<img src=x onerror=alert(1)> bold code bad good');
    expect(await content.locator('img').count()).toBe(0);
    expect(await content.locator('a').evaluateAll((links) => links.map((link) => link.getAttribute('href')))).toEqual([
      'https://example.com/',
    ]);
  });

  test('Enter that ends a Hangul syllable does not send; Shift+Enter starts a line', async () => {
    const field = jimin.locator('.composer-box > textarea');
    await field.fill('안녕');
    await field.dispatchEvent('keydown', { key: 'Enter', isComposing: true });
    await field.press('Shift+Enter');
    await field.pressSequentially('둘째 줄');
    expect(await field.inputValue()).toBe('안녕\n둘째 줄');
    await field.press('Enter');
    await answer(alex, '안녕\n둘째 줄');
  });

  test('a thread has a history of its own', async () => {
    await jimin.getByRole('button', { name: '곱셈 교실' }).click();
    await write(jimin, '@Jupan 거기에 50을 더해줘');
    await answer(jimin, '아직 계산한 결과가 없어서');
    await write(jimin, '@Jupan 12와 12를 곱해줘');
    await answer(jimin, /144입니다/);
  });

  test('a thread can be started, and opens', async () => {
    await alex.getByRole('button', { name: 'general', exact: true }).click();
    await alex.getByRole('button', { name: 'Start a thread' }).click();
    await alex.getByRole('dialog').getByRole('textbox').fill('Sums');
    await alex.keyboard.press('Enter');
    await alex.getByRole('heading', { level: 1, name: 'Sums' }).waitFor();
    await jimin.getByRole('button', { name: 'Sums' }).waitFor();
  });

  test('/ask is completed, filled in and answered under its header', async () => {
    await jimin.getByRole('button', { name: 'random' }).click();
    await jimin.locator('.composer-box > textarea').pressSequentially('/a');
    await jimin.getByRole('option', { name: '/ask' }).waitFor();
    await jimin.keyboard.press('Enter');
    await jimin.getByRole('textbox', { name: 'question' }).pressSequentially('7과 8을 곱해줘');
    await jimin.keyboard.press('Enter');
    await answer(jimin, /56입니다/);
    const head = jimin.locator('.message', { has: jimin.locator('.context', { hasText: '지민님이 /ask 사용' }) });
    expect(await head.locator('.content').innerText()).toMatch(/^7과 8을 곱해줘\n/);
  });

  test('a question builds on the result of the one before', async () => {
    await jimin.getByRole('button', { name: 'general', exact: true }).click();
    await jimin.locator('.example', { hasText: '거기에 50' }).click();
    await answer(jimin, /92입니다/);
  });

  test('a direct message needs no mention, and is seen by nobody else', async () => {
    const dm = jimin.getByRole('navigation', { name: '채널' }).getByRole('button', { name: 'Jupan' });
    await dm.click();
    await write(jimin, '9 곱하기 9는?');
    await answer(jimin, /81/);
    await alex.getByRole('navigation', { name: 'Channels' }).getByRole('button', { name: 'Jupan' }).click();
    expect(await contents(alex)).toEqual([]);
  });

  test('when the bot dies it shows offline, comes back by itself and still knows the conversation', async () => {
    await playground.killProduct();
    const frozen = await playground.freezeProduct();
    await jimin.getByRole('status').filter({ hasText: 'Jupan이 오프라인이에요' }).waitFor();
    await write(jimin, '거기에 1을 더해줘');
    frozen[Symbol.dispose]();
    await answer(jimin, /82/);
    await jimin.locator('.banner').waitFor({ state: 'hidden' });
  });

  test('the page says so when the playground is gone, and recovers when it is back', async () => {
    const draft = jimin.locator('.composer-box > textarea');
    await draft.pressSequentially('아직 쓰는 중');
    expect(await playground.stop()).toEqual({ code: 0, signal: null });
    expect(await playground.leftovers()).toEqual([]);
    await jimin.getByRole('status').filter({ hasText: '연결이 끊어졌어요' }).waitFor();
    playground = await openPlayground({ PLAYGROUND_PORT: new URL(playground.url).port });
    await jimin.locator('.banner').waitFor({ state: 'hidden', timeout: 15_000 });
    expect(await jimin.locator('.me').innerText()).toContain('지민');
    await jimin.getByRole('heading', { level: 1, name: 'general' }).waitFor();
    expect(await draft.inputValue()).toBe('아직 쓰는 중');
  });

  test('nothing was asked of any other machine, and nothing complained', () => {
    for (const { watch } of [jimin, alex]) {
      expect(watch.requests.length).toBeGreaterThan(3);
      expect(watch.requests.filter((address) => new URL(address).hostname !== '127.0.0.1')).toEqual([]);
      // The browser's own words about a server that was gone for a while.
      expect(watch.complaints.filter((text) => !text.includes('ERR_CONNECTION_REFUSED'))).toEqual([]);
    }
  });
});
