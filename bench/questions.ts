/** Questions as members ask them, and how long their answers take. */
import type { SimulatedChannel, SimulatedDiscord, SimulatedUser } from '../src/simulator/discord/discord.ts';

/** A Discord without limits. */
export const unlimited = {
  globalRequestsPerSecond: Number.POSITIVE_INFINITY,
  channelRequestsPer5s: Number.POSITIVE_INFINITY,
};

/** In milliseconds from the asking. */
export interface Answered {
  /** Typing, or the first message. */
  readonly firstSign: number;
  /** The final text stands. */
  readonly final: number;
}

export function createChannels(discord: SimulatedDiscord, count: number): SimulatedChannel[] {
  const [guild] = discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  return Array.from({ length: count }, (_, index) => discord.createChannel(guild, `bench-${index}`));
}

/** Asks and resolves once the final text stands. */
export function ask(
  discord: SimulatedDiscord,
  channel: SimulatedChannel,
  member: SimulatedUser,
  timeoutMs = 10_000,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    let firstSign: number | undefined;
    const timer = setTimeout(() => reject(new Error(`no answer in ${channel.transcript()}`)), timeoutMs);
    const stop = discord.observe((event) => {
      const isMessage = event.type === 'message-create' || event.type === 'message-update';
      const channelId = isMessage ? event.message.channelId : event.type === 'typing' ? event.channelId : undefined;
      const author = isMessage ? event.message.author : event.type === 'typing' ? event.user : undefined;
      if (channelId !== channel.id || author?.isBot !== true) return;
      firstSign ??= performance.now() - startedAt;
      if (!isMessage || event.message.content !== '15와 27을 더하면 42입니다.') return;
      clearTimeout(timer);
      stop();
      resolve({ firstSign, final: performance.now() - startedAt });
    });
    channel.says(member, `<@${discord.bot.id}> 15와 27을 더해줘`);
  });
}

/** Questions one after another, going round the channels; each begins when the one before has come to rest. */
export async function askInTurns(
  discord: SimulatedDiscord,
  count: number,
  onAnswered: (answered: Answered) => void = () => {},
): Promise<void> {
  const channels = createChannels(discord, 20);
  const member = discord.createUser({ name: 'member' });
  for (let turn = 0; turn < count; turn += 1) {
    const channel = channels[turn % channels.length];
    if (channel === undefined) throw new Error('no channel');
    const answered = await ask(discord, channel, member);
    await settled(discord);
    onAnswered(answered);
  }
}

/** Waits until no request has come for a moment: edits that trail behind the answer belong to the turn. */
export async function settled(discord: SimulatedDiscord, quietMs = 15): Promise<void> {
  for (let count = -1; count !== discord.requests.length; ) {
    count = discord.requests.length;
    await new Promise((resolve) => setTimeout(resolve, quietMs));
  }
}
