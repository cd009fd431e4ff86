/** Whether Discord takes the token, who the bot is, and who may add it to a server. */
import { isRestricted } from '../../bot/discord/access.ts';
import type { Check, CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';

/** Few left: something starts the bot again and again. */
const fewLogIns = 50;

export const checkToken: Check = async (context) => {
  const { words, discord } = context;
  const looked = await discord;
  switch (looked.type) {
    case 'unset':
      return [{ status: 'problem', text: words.tokenUnset, advice: words.tokenTodo }];
    case 'token':
      return [{ status: 'problem', text: words.tokenRefused, advice: words.tokenTodo }];
    case 'unreachable': {
      const advice = words.discordUnreachableTodo;
      return [{ status: 'problem', text: words.discordUnreachable(looked.reason), advice }];
    }
    case 'refused':
      return [{ status: 'problem', text: words.discordRefuses(looked.reason), advice: words.discordUnreachableTodo }];
    case 'seen': {
      const { name, id, isPublic, allowsUserInstall } = looked.application;
      const findings: Finding[] = [{ status: 'ok', text: words.tokenFine(name, id) }];
      const { left, inAll } = await looked.inspection.logIns();
      findings.push(toLogIns(left, inAll, context));
      if (isPublic && !isRestricted(context.config.access))
        findings.push({ status: 'warning', text: words.botPublic, advice: words.botPublicTodo });
      if (context.config.access.userInstall && !allowsUserInstall)
        findings.push({ status: 'problem', text: words.userInstallOff, advice: words.userInstallOffTodo });
      return findings;
    }
  }
};

function toLogIns(left: number, inAll: number, { words }: Pick<CheckContext, 'words'>): Finding {
  if (left === 0) return { status: 'problem', text: words.noLogIns, advice: words.noLogInsTodo };
  return left < fewLogIns
    ? { status: 'warning', text: words.logIns(left, inAll), advice: words.noLogInsTodo }
    : { status: 'ok', text: words.logIns(left, inAll) };
}
