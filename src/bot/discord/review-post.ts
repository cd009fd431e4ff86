/** Tells the channel that the operator has named what tool servers say otherwise than before, with a button to accept it. */
import { AttachmentBuilder, type Client, Events } from 'discord.js';
import type { ChangedTools } from '../../agent/agent.ts';
import type { Logger } from '../../log.ts';
import { toVisible } from '../../text.ts';
import { untilAborted, withRetries } from '../../waiting.ts';
import type { Language } from '../channel/texts/catalogue.ts';
import { catalogues, toLanguage } from '../channel/texts/catalogues.ts';
import { toLastingId } from './controls/lasting.ts';
import { button, toButtonRows } from './controls/pages.ts';
import { toRequestFailure } from './failures.ts';
import { pingNobody } from './message-body.ts';
import { toPlainText } from './plain-text.ts';

export interface ReviewPostOptions {
  /** Undefined: nobody is told here. */
  readonly channelId: string | undefined;
  readonly log: Logger;
  /** Aborts when the bot closes. */
  readonly signal: AbortSignal;
}

const firstRetryMs = 1_000;
const longestRetryMs = 30_000;
const maxServer = 60;
/** Of the difference, in the message and in the file beside it. */
const maxShown = 1_400;
const maxFile = 100_000;

/** Resolves with whether it stands. Never rejects. The nonce keeps a second post of the same change away. */
export async function postChange(client: Client, changed: ChangedTools, options: ReviewPostOptions): Promise<boolean> {
  const { channelId, log, signal } = options;
  if (channelId === undefined) return false;
  try {
    await untilAborted(whenReady(client), signal);
    await withRetries(() => post(client, channelId, changed), {
      signal,
      firstMs: firstRetryMs,
      longestMs: longestRetryMs,
      isFinal: (error) => !['limited', 'unclear'].includes(toRequestFailure(error).type),
    });
    return true;
  } catch (error) {
    if (!signal.aborted) log.warn('tools-changed-not-told', { channelId, server: changed.server, error });
    return false;
  }
}

async function whenReady(client: Client): Promise<void> {
  if (client.isReady()) return;
  await new Promise<void>((resolve) => client.once(Events.ClientReady, () => resolve()));
}

async function post(client: Client, channelId: string, changed: ChangedTools): Promise<void> {
  const channel = await client.channels.fetch(channelId);
  if (channel?.isSendable() !== true) throw new Error('The channel of "review" is none that can be written to.');
  const language = toLanguage('guild' in channel ? channel.guild.preferredLocale : 'en');
  const { serverKey, changeId } = changed;
  const { content, whole } = toReviewText(changed, language);
  await channel.send({
    content,
    components: toButtonRows(
      [button(toLastingId('accept', serverKey, changeId), catalogues[language].review.accept)],
      1,
    ),
    files: whole === undefined ? [] : [new AttachmentBuilder(Buffer.from(whole), { name: 'changes.diff' })],
    nonce: changeId.slice(0, 25),
    enforceNonce: true,
    allowedMentions: pingNobody,
  });
}

/** What the server says is data: it ends no block, and what cannot be seen in it is shown. Pure. */
export function toReviewText(
  { server, changes }: Pick<ChangedTools, 'server' | 'changes'>,
  language: Language,
): { readonly content: string; readonly whole: string | undefined } {
  const { changed, ofServer, inFile } = catalogues[language].review;
  const parts = changes.map(({ tool, lines }) =>
    [`# ${tool === '' ? ofServer : toDiffLine(tool)}`, ...lines.map(toDiffLine)].join('\n'),
  );
  const all = parts.join('\n');
  const head = changed(toPlainText(server, maxServer), changes.length);
  const isWhole = all.length <= maxShown;
  const shown = isWhole ? all : `${all.slice(0, maxShown).toWellFormed()}\n…`;
  const block = `\`\`\`diff\n${shown}\n\`\`\``;
  return {
    content: isWhole ? `${head}\n${block}` : `${head}\n${block}\n${inFile}`,
    whole: isWhole ? undefined : all.slice(0, maxFile).toWellFormed(),
  };
}

function toDiffLine(line: string): string {
  return toVisible(line).replaceAll('`', 'ˋ');
}
