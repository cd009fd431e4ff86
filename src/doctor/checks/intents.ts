/** The intents that the bot wants, and what the developer portal has granted. */
import { compareIntents } from '../../bot/discord/inspect/intents.ts';
import { type Check, skipped } from '../check.ts';
import type { Finding } from '../finding.ts';

export const checkIntents: Check = async ({ discord, config, words }) => {
  const looked = await discord;
  if (looked.type !== 'seen') return skipped(words);
  const { wanted, missing, unused } = compareIntents(looked.application.flags, config.listening.readsContent);
  const main: Finding =
    missing.length === 0
      ? { status: 'ok', text: words.intentsFine(wanted.join(', ')) }
      : { status: 'problem', text: words.intentsMissing(missing.join(', ')), advice: words.intentsMissingTodo };
  return unused.length === 0 ? [main] : [main, { status: 'ok', text: words.intentsUnused(unused.join(', ')) }];
};
