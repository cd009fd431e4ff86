import { expect, test } from 'vitest';
import type { SimulatedDiscord } from '../../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { type ApiAnswer, callApi, generalOf } from './bot.ts';
import { connect, identity } from './gateway-client.ts';

const unlimited = { channelRequestsPer5s: Number.POSITIVE_INFINITY };
const somewhere = '1574359070100422657';

/** Calls as given, and says what came back and whether it counts as the bot's fault. */
async function refusal(discord: SimulatedDiscord, ...call: [method: string, path: string, body?: unknown]) {
  const before = discord.problems.length;
  const { status, body } = await callApi(discord, ...call);
  return { status, code: body?.code, isProblem: discord.problems.length > before };
}

test('refuses a wrong token and a missing one', async () => {
  await using discord = await startDiscord();
  const path = '/users/@me';
  for (const authorization of ['Bot wrong', discord.token]) {
    const answer = await callApi(discord, 'GET', path, undefined, { authorization });
    expect(answer).toMatchObject({ status: 401, body: { message: '401: Unauthorized', code: 0 } });
  }
});

test('refuses what is no route, no method of it, no version and no id', async () => {
  await using discord = await startDiscord();
  expect(await refusal(discord, 'GET', '/nowhere')).toEqual({ status: 404, code: 0, isProblem: true });
  expect(await refusal(discord, 'DELETE', '/users/@me')).toEqual({ status: 405, code: 0, isProblem: true });
  expect(await refusal(discord, 'GET', '/channels/%zz')).toEqual({ status: 400, code: 50_035, isProblem: true });
  for (const path of ['/api/v6/gateway', '/', '/api/v100/gateway', '/attachments/1/none']) {
    expect((await fetch(discord.apiUrl.replace('/api', path))).status).toBe(404);
  }
  expect((await fetch(`${discord.apiUrl}/gateway`)).status).toBe(200);
  expect(discord.requests.map(({ path, route }) => [path, route])).toEqual([
    ['/nowhere', undefined],
    ['/users/@me', undefined],
    ['/channels/%zz', '/channels/{channel.id}'],
    ['/gateway', '/gateway'],
  ]);
});

test('refuses bodies that are broken or do not fit the published schema', async () => {
  await using discord = await startDiscord(unlimited);
  const path = `/channels/${generalOf(discord).id}/messages`;
  const post = async (body: unknown) => refusal(discord, 'POST', path, body);
  expect(await post('{"content": ')).toEqual({ status: 400, code: 50_109, isProblem: true });
  const wrong = { status: 400, code: 50_035, isProblem: true };
  expect(await post({ content: 5 })).toEqual(wrong);
  expect(await post({ content: 'x', embeds: 'no' })).toEqual(wrong);
  expect(await post({ content: 'x', allowed_mentions: { parse: ['nobody'] } })).toEqual(wrong);
  expect(await post({ content: 'x', components: [{ type: 1, components: [] }] })).toEqual(wrong);
  const form = await callApi(discord, 'POST', path, 'no form', { 'content-type': 'multipart/form-data; boundary=x' });
  expect(form.body.code).toBe(50_035);
  expect(await post({ content: 'x'.repeat(26 * 1024 * 1024) })).toEqual({ status: 413, code: 40_005, isProblem: true });
  expect(generalOf(discord).messages).toEqual([]);
});

test('says in which field the fault is, as Discord does', async () => {
  await using discord = await startDiscord(unlimited);
  const path = `/channels/${generalOf(discord).id}/messages`;
  const errorsOf = async (body: unknown) => (await callApi(discord, 'POST', path, body)).body.errors;
  expect(await errorsOf({ content: 'x'.repeat(2001) })).toEqual({
    content: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH', message: 'Must be 2000 or fewer in length.' }] },
  });
  expect(await errorsOf({ content: 'x', allowed_mentions: { parse: ['nobody'] } })).toHaveProperty(
    'allowed_mentions.parse.0._errors',
  );
  expect(discord.problems[0]).toBe('POST /channels/{channel.id}/messages: content: Must be 2000 or fewer in length.');
});

test.for([true, false])('keeps its own rules, with bodies checked or not (%s)', async (checkBodies) => {
  await using discord = await startDiscord({ ...unlimited, checkBodies });
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  const theirs = general.says(member, 'mine').id;
  const path = `/channels/${general.id}/messages`;
  const { body: own } = await callApi(discord, 'POST', path, { content: 'x'.repeat(2000) });
  const wrong = { status: 400, code: 50_035, isProblem: true };

  expect(await refusal(discord, 'POST', path, { content: 'x'.repeat(2001) })).toEqual(wrong);
  expect(await refusal(discord, 'PATCH', `${path}/${own.id}`, { content: 'x'.repeat(2001) })).toEqual(wrong);
  for (const body of [{}, { content: '' }, { content: ' \n' }, { content: null }]) {
    expect(await refusal(discord, 'POST', path, body)).toEqual({ status: 400, code: 50_006, isProblem: true });
  }
  expect((await refusal(discord, 'PATCH', `${path}/${own.id}`, { content: '' })).code).toBe(50_006);
  expect(await refusal(discord, 'POST', path, { content: 'x', nonce: 'n'.repeat(26) })).toEqual(wrong);
  const both = { parse: ['users'], users: [member.id] };
  expect(await refusal(discord, 'POST', path, { content: 'x', allowed_mentions: both })).toEqual(wrong);
  expect(await refusal(discord, 'PATCH', `${path}/${theirs}`, { content: 'x' })).toMatchObject({ code: 50_005 });
  expect(await refusal(discord, 'DELETE', `${path}/${theirs}`)).toMatchObject({ status: 403, code: 50_013 });
});

test('knows what is gone without blaming the bot', async () => {
  await using discord = await startDiscord(unlimited);
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  const path = `/channels/${general.id}/messages`;
  const gone = general.says(member, 'soon gone').id;
  general.deletes(gone);
  const unknownMessage = { status: 404, code: 10_008, isProblem: false };
  expect(await refusal(discord, 'GET', `${path}/${gone}`)).toEqual(unknownMessage);
  expect(await refusal(discord, 'PATCH', `${path}/${gone}`, { content: 'x' })).toEqual(unknownMessage);
  expect(await refusal(discord, 'DELETE', `${path}/${gone}`)).toEqual(unknownMessage);

  const reply = { content: 'x', message_reference: { message_id: gone } };
  expect(await refusal(discord, 'POST', path, reply)).toEqual({ status: 400, code: 50_035, isProblem: false });
  const lenient = { ...reply, message_reference: { message_id: gone, fail_if_not_exists: false } };
  expect((await callApi(discord, 'POST', path, lenient)).body).not.toHaveProperty('message_reference');

  const unknownChannel = { status: 404, code: 10_003, isProblem: false };
  expect(await refusal(discord, 'POST', `/channels/${somewhere}/messages`, { content: 'x' })).toEqual(unknownChannel);
  discord.removeChannel(general);
  expect(await refusal(discord, 'POST', path, { content: 'x' })).toEqual(unknownChannel);

  const [random] = discord.channels;
  const [guild] = discord.guilds;
  if (guild !== undefined) discord.removeGuild(guild);
  expect(await refusal(discord, 'POST', `/channels/${random?.id}/typing`)).toMatchObject({ code: 50_001 });
  expect(await refusal(discord, 'GET', `/guilds/${guild?.id}`)).toMatchObject({ code: 10_004 });
  expect(await refusal(discord, 'POST', '/users/@me/channels', { recipient_id: somewhere })).toMatchObject({
    code: 10_013,
  });
});

test('takes posts in a forum and no messages', async () => {
  await using discord = await startDiscord(unlimited);
  const [guild] = discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  const forum = discord.createChannel(guild, 'questions', { kind: 'forum' });
  const path = `/channels/${forum.id}/messages`;
  expect(await refusal(discord, 'POST', path, { content: 'x' })).toEqual({
    status: 400,
    code: 40_058,
    isProblem: true,
  });
  expect(await refusal(discord, 'GET', path)).toEqual({ status: 400, code: 50_024, isProblem: true });
  expect(await refusal(discord, 'POST', `/channels/${forum.id}/typing`)).toMatchObject({ status: 400 });
});

test('takes one acknowledgement of a command', async () => {
  await using discord = await startDiscord(unlimited);
  const general = generalOf(discord);
  const { interaction, token, callback } = await useCommand(discord);
  const hook = `/webhooks/${discord.applicationId}/${token}`;

  expect(await refusal(discord, 'POST', hook, { content: 'early' })).toMatchObject({ status: 404, code: 10_015 });
  const forged = `/interactions/${somewhere}/${token}/callback`;
  expect(await refusal(discord, 'POST', forged, { type: 5 })).toMatchObject({ status: 404, code: 10_062 });
  expect(await refusal(discord, 'POST', callback, { type: 8, data: {} })).toMatchObject({ code: 50_035 });
  expect(await refusal(discord, 'POST', callback, { type: 6 })).toMatchObject({ code: 50_035 });
  expect(await refusal(discord, 'POST', callback, { type: 4, data: {} })).toMatchObject({ code: 50_006 });
  expect((await callApi(discord, 'POST', callback, { type: 4, data: { content: 'hi' } })).status).toBe(204);
  expect(await refusal(discord, 'POST', callback, { type: 5 })).toMatchObject({ status: 400, code: 40_060 });
  expect(await refusal(discord, 'GET', `${hook}/messages/${somewhere}`)).toMatchObject({ code: 10_008 });
  expect(interaction).toMatch(/^\d{19}$/);
  expect(general.transcript()).toBe('Jupan: hi');

  discord.removeChannel(general);
  expect(await refusal(discord, 'POST', hook, { content: 'gone' })).toMatchObject({ code: 10_003 });
});

const dialog = (changes: object = {}) => ({
  custom_id: 'form',
  title: 'Travel',
  components: [field('city')],
  ...changes,
});
const field = (id: string, label = 'City') => ({ type: 18, label, component: { type: 4, custom_id: id, style: 1 } });
const select = (value: string) => ({
  type: 18,
  label: 'Room',
  component: { type: 3, custom_id: 'room', options: [{ value, label: 'x' }] },
});

test.for([
  ['no field', dialog({ components: [] })],
  ['six fields', dialog({ components: ['1', '2', '3', '4', '5', '6'].map((id) => field(id)) })],
  ['two fields of one name', dialog({ components: [field('city'), field('city')] })],
  ['a long title', dialog({ title: 'x'.repeat(46) })],
  ['a long label', dialog({ components: [field('city', 'x'.repeat(46))] })],
  ['a long id', dialog({ components: [field('x'.repeat(101))] })],
  ['no id', dialog({ custom_id: '' })],
  ['a long option', dialog({ components: [select('x'.repeat(101))] })],
] as const)('refuses a dialog with %s, and takes a good one afterwards', async ([, data]) => {
  await using discord = await startDiscord(unlimited);
  const { callback } = await useCommand(discord);
  expect(await refusal(discord, 'POST', callback, { type: 9, data })).toEqual({
    status: 400,
    code: 50_035,
    isProblem: true,
  });
  expect((await callApi(discord, 'POST', callback, { type: 9, data: dialog() })).status).toBe(204);
});

test('lets a command fail that nobody acknowledged', async () => {
  await using discord = await startDiscord({ acknowledgeWithinMs: 100 });
  const late = await useCommand(discord);
  await expect.poll(() => discord.problems).toContain('/ask was not acknowledged within 100 ms.');
  expect(await refusal(discord, 'POST', late.callback, { type: 5 })).toMatchObject({ status: 404, code: 10_062 });
});

test('forgets the token of a command after its life', async () => {
  await using discord = await startDiscord({ interactionTokenLifeMs: 0 });
  const { token, callback } = await useCommand(discord);
  await callApi(discord, 'POST', callback, { type: 5 });
  const hook = `/webhooks/${discord.applicationId}/${token}`;
  const answer: ApiAnswer = await callApi(discord, 'PATCH', `${hook}/messages/@original`, { content: 'late' });
  expect(answer).toMatchObject({ status: 401, body: { code: 50_027 } });
});

/** Registers /ask, and uses it before the eyes of a bot on the gateway. */
async function useCommand(discord: SimulatedDiscord) {
  using client = await connect(discord);
  client.send(2, identity(discord));
  await client.event('READY');
  const commands = [{ name: 'ask', description: 'Ask' }];
  await callApi(discord, 'PUT', `/applications/${discord.applicationId}/commands`, commands);
  const interaction = await generalOf(discord).asks(discord.createUser({ name: 'min' }), 'ask', {});
  const { token } = (await client.event('INTERACTION_CREATE')).d;
  return { interaction, token, callback: `/interactions/${interaction}/${token}/callback` };
}
