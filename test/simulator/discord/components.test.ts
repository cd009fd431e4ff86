/** Components of the second kind and selects: what Discord takes, what it refuses, and what it tells of a choice. */
import { ComponentType, Events, type Interaction, MessageFlags } from 'discord.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedDiscord } from '../../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { callApi, startBot } from './bot.ts';

let discord: SimulatedDiscord;
let bot: Awaited<ReturnType<typeof startBot>>;
let general: SimulatedChannel;

beforeAll(async () => {
  discord = await startDiscord({ channelRequestsPer5s: Number.POSITIVE_INFINITY });
  bot = await startBot(discord);
  const [first] = discord.channels;
  if (first === undefined) throw new Error('no channel');
  general = first;
});

afterAll(async () => {
  await bot[Symbol.asyncDispose]();
  await discord[Symbol.asyncDispose]();
});

type Json = Readonly<Record<string, unknown>>;
const text = (content: string) => ({ type: ComponentType.TextDisplay, content });
const button = (id: string) => ({ type: ComponentType.Button, custom_id: id, label: id, style: 2 });
const row = (...components: readonly object[]) => ({ type: ComponentType.ActionRow, components });
const box = (...components: readonly object[]) => ({ type: ComponentType.Container, components });
const select = (id: string) => ({
  type: ComponentType.StringSelect,
  custom_id: id,
  options: ['a', 'b'].map((value) => ({ value, label: value })),
});

const flags = MessageFlags.IsComponentsV2;
const post = (body: Json) => callApi(discord, 'POST', `/channels/${general.id}/messages`, body);

describe('Discord refuses', () => {
  test.each<[string, Json]>([
    ['a text beside components of the second kind', { flags, content: 'x', components: [text('y')] }],
    ['components of the second kind without the flag', { components: [box(text('y'))] }],
    ['more than 40 of them', { flags, components: [box(...Array.from({ length: 40 }, () => text('y')))] }],
    ['more than 4000 characters in all', { flags, components: [text('x'.repeat(3000)), text('x'.repeat(1001))] }],
    ['a select beside a button', { components: [row(select('s'), button('b'))] }],
    ['more than five rows', { components: [1, 2, 3, 4, 5, 6].map((n) => row(button(`b${n}`))) }],
    ['two of one name, wherever they stand', { flags, components: [box(row(button('b'))), row(button('b'))] }],
  ])('%s', async (_what, body) => {
    expect(await post(body)).toMatchObject({ status: 400, body: { code: 50_035 } });
  });
});

test('a choice tells what was chosen, and of roles what they are; what is not offered cannot be chosen', async () => {
  const role = general.guild?.createRole('Pupils') ?? '';
  const roleSelect = { type: ComponentType.RoleSelect, custom_id: 'role', min_values: 0, max_values: 3 };
  expect((await post({ flags, components: [box(row(select('one')), row(roleSelect))] })).status).toBe(200);
  const told: unknown[] = [];
  bot.client.on(Events.InteractionCreate, (interaction: Interaction) => {
    if (interaction.isStringSelectMenu()) told.push([interaction.values, interaction.component.options.length]);
    if (interaction.isRoleSelectMenu()) told.push(interaction.roles.map(({ name }) => name));
    if (interaction.isMessageComponent()) void interaction.deferUpdate();
  });
  const user = discord.createUser({ name: 'mina' });
  const { id } = await general.waitFor(() => general.messages.at(-1));
  await general.selects(user, id, 'one', ['b']);
  await general.selects(user, id, 'role', [role]);
  await expect.poll(() => told).toEqual([[['b'], 2], ['Pupils']]);
  await expect(general.selects(user, id, 'one', ['c'])).rejects.toThrow('no option c');
  await expect(general.selects(user, id, 'one', ['a', 'b'])).rejects.toThrow('takes 1 to 1');
  await expect(general.selects(user, id, 'role', ['1'])).rejects.toThrow('nothing of the id 1');
});
