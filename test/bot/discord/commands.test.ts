/** What is registered with Discord: every text in every language, within Discord's bounds, as its published schema wants it. */
import { describe, expect, test } from 'vitest';
import { catalogues } from '../../../src/bot/channel/texts/catalogues.ts';
import { ownCommandNames, toBody } from '../../../src/bot/discord/commands.ts';
import { ContentCommands } from '../../../src/bot/discord/content/content-commands.ts';
import { isRecord } from '../../../src/json.ts';
import { loadBodyCheck } from '../../../src/simulator/discord/rest/body-checks.ts';

type Texts = Readonly<Record<string, unknown>>;

/** Discord's locales of the languages that the catalogue has besides English. */
const locales = Object.keys(catalogues).filter((language) => language !== 'en');
const chatInput = 1;
const body: readonly Texts[] = toBody({ integration_types: [0, 1], contexts: [0, 1, 2] }).map((command) => ({
  ...command,
}));

/** What a member reads as a phrase. Names of commands and options are typed, and the same for everybody who tells another of them. */
interface Phrase {
  readonly place: string;
  readonly text: unknown;
  readonly localizations: unknown;
}

function phrasesOf(item: Texts, place: string): Phrase[] {
  const own: Phrase[] = [];
  const isTyped = 'description' in item;
  if (isTyped) own.push({ place, text: item.description, localizations: item.description_localizations });
  // A choice, or an entry of a menu.
  else own.push({ place, text: item.name, localizations: item.name_localizations });
  return [...own, ...partsOf(item).flatMap((part) => phrasesOf(part, `${place} ${String(part.name)}`))];
}

function partsOf(item: Texts): Texts[] {
  return [item.options, item.choices].flatMap((parts) => (Array.isArray(parts) ? parts.filter(isRecord) : []));
}

/** Commands of a server that says nothing of what it offers: every text is ours. */
const silent = { title: '', description: '', arguments: [{ name: 'page', description: '', isRequired: true }] };
const content = new ContentCommands(ownCommandNames);
content.update({
  servers: ['wiki'],
  offered: [
    {
      server: 'wiki',
      prompts: Array.from({ length: 26 }, (_, at) => ({ ...silent, name: `p${at}` })),
      hasResources: true,
      completes: true,
    },
  ],
});
const ofServers: readonly Texts[] = content.toDefinitions().definitions.map((command) => ({ ...command }));

const phrases = [...body, ...ofServers].flatMap((command) => phrasesOf(command, `/${String(command.name)}`));

test('has the commands, in the order that members see', () => {
  expect(body.map(({ name }) => name)).toEqual([
    'ask',
    'help',
    'tools',
    'history',
    'settings',
    'servers',
    'stop',
    'tasks',
    'usage',
    'approvals',
    'connections',
    'forget',
    'forget-me',
    'Ask Jupan',
  ]);
});

describe.each(locales)('in %s', (locale) => {
  test.each(phrases)('$place is said in other words, of 1 to 100 characters', ({ text, localizations }) => {
    const localized = isRecord(localizations) ? localizations[locale] : undefined;
    expect(localized).toEqual(expect.any(String));
    expect(localized).not.toBe(text);
    for (const phrase of [text, localized]) {
      expect(String(phrase).length).toBeGreaterThanOrEqual(1);
      expect(String(phrase).length).toBeLessThanOrEqual(100);
    }
  });
});

test.each(phrases)('$place has no language that the catalogue has not', ({ localizations }) => {
  expect(Object.keys(isRecord(localizations) ? localizations : {})).toEqual(locales);
});

test.each(body.flatMap((command) => [command, ...partsOf(command)]))('$name can be typed', (item) => {
  const isOfMenu = item.type !== chatInput && !('description' in item);
  if (!isOfMenu) expect(item.name).toMatch(/^[a-z-]{1,32}$/);
});

test('is within what Discord takes for one command: 25 options, 25 choices, 8000 characters in all', () => {
  for (const command of body) {
    for (const item of [command, ...partsOf(command)]) expect(partsOf(item).length).toBeLessThanOrEqual(25);
    const texts = phrasesOf(command, '').flatMap(({ text, localizations }) => [
      text,
      ...Object.values(Object(localizations)),
    ]);
    expect(texts.join('').length).toBeLessThanOrEqual(8000);
  }
});

test('what servers offer adds a command for each, one for what finds no room, and one for resources', () => {
  expect(ofServers.map(({ name }) => name)).toEqual(['prompt', 'attach', 'wiki']);
  expect(ofServers.map((command) => partsOf(command).length)).toEqual([1, 2, 25]);
});

test('fits the schema that Discord publishes, which refuses what does not', async () => {
  const check = await loadBodyCheck();
  check(body, 'ApplicationCommandUpdateRequestSchema[]');
  const [first] = body;
  expect(() =>
    check([{ ...first, description: 'x'.repeat(101) }], 'ApplicationCommandUpdateRequestSchema[]'),
  ).toThrow();
});

test('buttons have labels of at most 80 characters', () => {
  for (const { buttons, commands } of Object.values(catalogues)) {
    const { newer, older, toMarkdown, toJson } = commands.history;
    const { previous, next } = commands.pages;
    const labels = [
      ...Object.values(buttons),
      ...Object.values(commands.help.examples),
      newer,
      older,
      toMarkdown,
      toJson,
      previous,
      next,
    ];
    for (const label of labels) expect(label.length).toBeLessThanOrEqual(80);
  }
});
