/**
 * A long day in short: members ask in many channels while gateway, REST, model, tool server and the bot itself fail, all
 * mixed. In the end nothing is lost and nothing was said twice. `SOAK_SECONDS` makes it longer, `CRASH_SEED` repeats its schedule.
 */
import { expect, test } from 'vitest';
import { findBreaches, findProblems, isAccepted, isSettled } from './support/invariants.ts';
import { chooseSeed, createRandom } from './support/random.ts';
import { Soak, unreliable } from './support/soak.ts';
import { startCrashWorld, until } from './support/world.ts';

const seconds = Number(process.env.SOAK_SECONDS ?? 30);
const seed = chooseSeed();
const guildChannels = 44;
const threads = 4;
const dms = 2;

test('50 channels, everything fails: every question has one answer', async () => {
  const random = createRandom(seed);
  let isFailing = true;
  await using world = await startCrashWorld({
    plans: new Map([['soak', unreliable(random, () => isFailing)]]),
    discord: { globalRequestsPerSecond: 50, channelRequestsPer5s: 5, heartbeatIntervalMs: 1500 },
  });
  const [guild] = world.discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  const inGuild = Array.from({ length: guildChannels }, (_, index) => world.discord.createChannel(guild, `c${index}`));
  const channels = [
    ...inGuild,
    ...inGuild.slice(0, threads).map((channel) => channel.startThread(`${channel.name}-thread`)),
    ...Array.from({ length: dms }, (_, index) =>
      world.discord.openDm(world.discord.createUser({ name: `dm${index}` })),
    ),
  ];
  const soak = new Soak(world, random, channels);
  // A DM is known to the bot from its first message on: before, nobody can tell it of one that it has missed.
  for (const channel of channels.filter(({ kind }) => kind === 'dm')) await soak.introduce(channel);
  await soak.run(seconds * 1000);
  isFailing = false;

  const accepted = () => soak.questions.filter((question) => isAccepted(world, question.channel, question));
  const open = () => accepted().filter((question) => !isSettled(world, question.channel, question));
  const describe = () => `CRASH_SEED=${seed}\n${soak.events.join('\n')}\n${world.program.output.slice(-20_000)}`;
  await until(
    () => open().length === 0,
    () =>
      `never settled: ${open()
        .map(({ label, channel }) => `${label} in ${channel.name}:\n${channel.transcript()}`)
        .join('\n')}\n${describe()}`,
    120_000,
  );
  const breaches = channels.flatMap((channel) => {
    const asked = accepted().filter((question) => question.channel === channel);
    const ran = world.record.history(channel.id).map(({ question }) => question.id);
    const inOrder = asked.sort((one, other) => ran.indexOf(one.id) - ran.indexOf(other.id));
    const found = findBreaches(
      world,
      channel,
      inOrder,
      soak.remembered.filter(({ question }) => inOrder.some(({ id }) => id === question.id)),
      { mayFail: true },
    );
    return found.length === 0 ? [] : [`${found.join('\n')}\nin ${channel.name}:\n${channel.transcript()}`];
  });
  expect([...breaches, ...findProblems(world)].join('\n\n'), describe()).toBe('');
  const uncertain = soak.questions.filter(({ isCommand, mayBeLost }) => isCommand || mayBeLost === true).length;
  expect(accepted().length).toBeGreaterThanOrEqual(soak.questions.length - uncertain);
}, 3_600_000);
