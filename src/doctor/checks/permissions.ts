/** What the bot lacks in each channel, and what will not work there for want of it. */
import type { ChannelState, GuildState } from '../../bot/discord/inspect/guild-state.ts';
import { InspectionError } from '../../bot/discord/inspect/inspection.ts';
import { toInviteUrl } from '../../bot/discord/invite.ts';
import { type Check, skipped } from '../check.ts';
import type { Finding } from '../finding.ts';
import type { Words } from '../words.ts';

/** Three requests each: more would take long, and from what a running bot may ask. */
const mostServers = 50;
/** Without these, nobody is answered. */
const grave = new Set<string>(['ViewChannel', 'SendMessages', 'SendMessagesInThreads', 'Connect']);

export const checkPermissions: Check = async ({ discord, words }) => {
  const looked = await discord;
  if (looked.type !== 'seen') return skipped(words);
  const { inspection, application } = looked;
  const guilds = await inspection.guilds();
  if (guilds.length === 0) {
    const advice = words.inviteTodo(toInviteUrl(application.id));
    return [{ status: 'warning', text: words.inNoServer, advice }];
  }
  const botId = await inspection.botId();
  const findings: Finding[] = [];
  for (const { id, name } of guilds.slice(0, mostServers)) {
    try {
      findings.push(...toFindings(await inspection.guild(id, botId), words));
    } catch (error) {
      if (!(error instanceof InspectionError)) throw error;
      findings.push({ status: 'warning', text: words.notLookedAt(name, error.message) });
    }
  }
  if (guilds.length > mostServers) findings.push({ status: 'ok', text: words.moreServers(mostServers, guilds.length) });
  return findings;
};

function toFindings({ name, isTimedOut, channels }: GuildState, words: Words): Finding[] {
  if (isTimedOut) return [{ status: 'problem', text: words.serverTimedOut(name), advice: words.serverTimedOutTodo }];
  if (channels.length === 0)
    return [{ status: 'problem', text: words.serverClosed(name), advice: words.permissionsTodo }];
  // Where members cannot write, such as among rules and announcements, nobody asks.
  const open = channels.filter(({ isClosed, missing }) => missing.length === 0 || !isClosed);
  const isGrave = ({ missing }: ChannelState) => missing.some((permission) => grave.has(permission));
  const broken = open.filter(isGrave);
  const poorer = open.filter((channel) => channel.missing.length > 0 && !isGrave(channel));
  const closed = channels.length - open.length;
  const advice = words.permissionsTodo;
  const list = (some: readonly ChannelState[]) =>
    some.map((channel) =>
      words.channelLacks(channel.name, channel.missing.map((one) => words.lost[one] ?? one).join(', ')),
    );
  const findings: Finding[] = [];
  if (broken.length > 0)
    findings.push({ status: 'problem', text: words.serverLacks(name, broken.length), details: list(broken), advice });
  if (poorer.length > 0)
    findings.push({
      status: 'warning',
      text: words.serverLacksLittle(name, poorer.length),
      details: list(poorer),
      advice,
    });
  if (findings.length === 0)
    findings.push({
      status: 'ok',
      text: words.serverFine(name, open.length),
      ...(closed === 0 ? {} : { details: [words.closedOnPurpose(closed)] }),
    });
  return findings;
}
