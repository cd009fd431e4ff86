/** Names of commands out of anybody's names, addresses out of templates, and what of many prompts finds room. */
import { describe, expect, test } from 'vitest';
import type { ServerContent } from '../../../../src/agent/offered-content.ts';
import { toCommandName, toUniqueNames } from '../../../../src/bot/discord/content/command-name.ts';
import { toPromptCommands } from '../../../../src/bot/discord/content/prompt-commands.ts';
import { isOfTemplate, typedVariable } from '../../../../src/bot/discord/content/uri-template.ts';
import { loadBodyCheck } from '../../../../src/simulator/discord/rest/body-checks.ts';

describe('a name', () => {
  test.each([
    ['Summarize Page', 'summarize-page'],
    ['날씨 알려줘!', '날씨-알려줘'],
    ['한글'.normalize('NFD'), '한글'],
    ['get_weather.v2', 'get_weather-v2'],
    ['--a//b--', 'a-b'],
    ['İstanbul', 'i-stanbul'],
    ['🙂', 'x'],
    ['', 'x'],
    ['𝒳'.repeat(40), '𝒳'.repeat(16)],
    [`${'a'.repeat(31)} b`, 'a'.repeat(31)],
  ])('%j is typed as %j', (name, typed) => {
    expect(toCommandName(name)).toBe(typed);
    expect(typed).toBe(typed.toLowerCase());
    expect(typed).toMatch(/^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u);
  });

  test('is that of nothing else, and the same on every start', () => {
    const names = toUniqueNames(['Ask', 'wiki', 'a b', 'a.b', 'x'.repeat(40), 'x'.repeat(41)], ['ask']);
    expect(new Set([...names, 'ask']).size).toBe(7);
    expect(names[1]).toBe('wiki');
    expect(toUniqueNames(['a.b', 'a b'])).toEqual([names[3], names[2]]);
    for (const name of names) expect(name.length).toBeLessThanOrEqual(32);
  });
});

const toServer = (server: string, prompts: number, args: number, text = ''): ServerContent => ({
  server,
  hasResources: false,
  completes: true,
  prompts: Array.from({ length: prompts }, (_, at) => ({
    name: `prompt ${at}`,
    title: '',
    description: text,
    arguments: Array.from({ length: args }, (__, place) => ({
      name: `a ${place}`,
      description: text,
      isRequired: false,
    })),
  })),
});

test('what Discord has no room for is left: over 25 prompts, 25 arguments, 8000 characters, 100 commands', async () => {
  const check = await loadBodyCheck();
  const long = '가'.repeat(500);
  const cases: readonly (readonly [readonly ServerContent[], number])[] = [
    [[toServer('many', 40, 0)], 25],
    [[toServer('wide', 3, 26), toServer('fits', 3, 25)], 3],
    [[toServer('long', 25, 25, long)], 2],
    [Array.from({ length: 120 }, (_, at) => toServer(`s${at}`, 1, 0)), 95],
  ];
  for (const [content, kept] of cases) {
    const { definitions, prompts, left } = toPromptCommands(content, ['ask', 'b', 'c', 'd', 'e']);
    expect(prompts).toHaveLength(kept);
    expect(left).toBe(content.reduce((sum, server) => sum + server.prompts.length, 0) - kept);
    check(definitions, 'ApplicationCommandUpdateRequestSchema[]');
  }
});

describe('an address of a template', () => {
  test.each([
    ['a://{x}', 'a://1', true],
    ['a://{x}', 'a://', false],
    ['a://{x}/b/{+y}', 'a://1/b/2/3', true],
    ['a://{x}/b', 'a://1/c', false],
    ['a://{x}', 'a://{x}', false],
    ['a://b', 'a://b', true],
  ])('%s has %s: %s', (template, address, isIt) => {
    expect(isOfTemplate(template, address)).toBe(isIt);
  });

  test('says which variable is being typed, and what stands in the others', () => {
    const typed = typedVariable('a://{x}/b/{y}/c', 'a://1%202/b/Se');
    expect(typed).toMatchObject({ variable: 'y', typed: 'Se', given: { x: '1 2' } });
    expect(typed?.fill('Seoul/1')).toBe('a://1%202/b/Seoul%2F1/c');
    expect(typedVariable('a://{x}', 'b://')).toBeUndefined();
  });
});
