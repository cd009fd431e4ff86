/** Whether Discord has the commands of this version. */
import { type Check, skipped } from '../check.ts';
import type { Finding } from '../finding.ts';

export const checkCommands: Check = async ({ discord, config, words }) => {
  const looked = await discord;
  if (looked.type !== 'seen') return skipped(words);
  const { id, allowsUserInstall } = looked.application;
  const userInstall = config.access.userInstall && allowsUserInstall;
  const { wanted, missing, outdated } = await looked.inspection.commands(id, { userInstall });
  const name = (names: readonly string[]) =>
    names.map((command) => (/\s/.test(command) ? `"${command}"` : `/${command}`)).join(', ');
  const warn = (text: string): Finding => ({ status: 'warning', text, advice: words.commandsTodo });
  const findings = [
    ...(missing.length === 0 ? [] : [warn(words.commandsMissing(name(missing)))]),
    ...(outdated.length === 0 ? [] : [warn(words.commandsOutdated(name(outdated)))]),
  ];
  return findings.length > 0 ? findings : [{ status: 'ok', text: words.commandsFine(wanted.length) }];
};
