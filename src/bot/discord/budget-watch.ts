/** Tells those whom the operator has named when most of a budget is spent: a direct message each. */
import { randomUUID } from 'node:crypto';
import type { Client } from 'discord.js';
import type { NearlySpent } from '../../agent/agent.ts';
import type { Logger } from '../../log.ts';
import { withRetries } from '../../waiting.ts';
import { catalogues, languageOfText } from '../channel/texts/catalogues.ts';
import { toRequestFailure } from './failures.ts';
import { pingNobody } from './message-body.ts';

export interface BudgetWatchOptions {
  readonly watcherIds: readonly string[];
  readonly log: Logger;
  /** Aborts when the bot closes. */
  readonly signal: AbortSignal;
}

const firstRetryMs = 1_000;
const longestRetryMs = 30_000;

/** Waits behind the answers where Discord takes no more now. Never rejects: it stands in the log as well. */
export async function tellWatchers(client: Client, nearly: NearlySpent, options: BudgetWatchOptions): Promise<void> {
  const { watcherIds, log, signal } = options;
  const nonce = randomUUID().slice(0, 25);
  await Promise.all(
    watcherIds.map(async (userId) => {
      try {
        await withRetries(() => tell(client, userId, nearly, nonce), {
          signal,
          firstMs: firstRetryMs,
          longestMs: longestRetryMs,
          isFinal: (error) => !['limited', 'unclear'].includes(toRequestFailure(error).type),
        });
      } catch (error) {
        log.warn('budget-watcher-not-told', { userId, error });
      }
    }),
  );
}

async function tell(client: Client, userId: string, nearly: NearlySpent, nonce: string): Promise<void> {
  const { rule, holder, share } = nearly;
  const channel = await client.users.createDM(userId);
  const { nearlySpent } = catalogues[languageOfText(channel.recipient?.displayName ?? '')].budgets;
  const content = nearlySpent(rule, toMention(client, rule.of, holder), Math.floor(share * 100));
  await channel.send({ content, nonce, enforceNonce: true, allowedMentions: pingNobody });
}

/** As Discord shows names by ids. */
function toMention(client: Client, of: NearlySpent['rule']['of'], id: string): string {
  if (of === 'bot') return '';
  if (of === 'server') return client.guilds.cache.get(id)?.name ?? id;
  return of === 'channel' ? `<#${id}>` : `<@${id}>`;
}
