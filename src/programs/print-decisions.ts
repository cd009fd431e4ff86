/** The log of decisions for whoever runs the bot: a line a decision, and whether anything of it was changed. */
import { type ChainHead, writeHead } from '../agent/store/decision-chain.ts';
import type { CheckedEntry, EntryProblem } from '../agent/store/decision-log.ts';
import { toShownLine } from '../text.ts';

const problems: Readonly<Record<EntryProblem, string>> = {
  missing: 'is missing',
  unreadable: 'was not written with this STORE_KEY, or was moved',
  altered: 'was changed after it was written',
  unlinked: 'is not the one that was written after the entry before it',
};
const shownHash = 12;
const longestName = 120;

/**
 * Prints as it reads: a log may be long.
 * @param noted Where it ended once. Its entry must be there still.
 * @returns whether nothing is wrong.
 */
export async function printDecisions(
  entries: AsyncIterable<CheckedEntry>,
  noted: ChainHead | undefined,
): Promise<boolean> {
  const wrong: string[] = [];
  let end: ChainHead = { number: 0, hash: '' };
  let isNotedThere = noted === undefined || noted.number === 0;
  for await (const checked of entries) {
    const { number, problem } = checked;
    if (problem !== undefined) wrong.push(`Entry ${number} ${problems[problem]}.`);
    if (!('entry' in checked)) continue;
    console.log(toLine(checked));
    end = { number, hash: checked.hash };
    if (number === noted?.number) isNotedThere = checked.hash === noted.hash;
  }
  if (!isNotedThere && noted !== undefined)
    wrong.push(`Entry ${noted.number} is not the one whose hash was noted: what was there was replaced or cut off.`);
  if (end.number > 0) console.log(`\nHead: ${writeHead(end)}`);
  if (wrong.length === 0)
    console.log(end.number === 0 ? 'Nothing was decided yet.' : 'Every entry is as it was written.');
  for (const sentence of wrong) console.error(sentence);
  return wrong.length === 0;
}

function toLine({ entry }: Extract<CheckedEntry, { readonly entry: unknown }>): string {
  const { number, at, what, by, server, tool, turnId, call, channelId, argumentsHash, toolHash, grantId, until } =
    entry;
  const parts = [
    String(number),
    new Date(at).toISOString(),
    what,
    toShownLine(`${server}/${tool}`, longestName),
    `by ${toShownLine(by.join(', '), longestName)}`,
    ...(turnId === undefined
      ? []
      : [`turn ${toShownLine(turnId, longestName)}${call === undefined ? '' : ` call ${toShownLine(call, 20)}`}`]),
    ...(channelId === undefined ? [] : [`channel ${toShownLine(channelId, longestName)}`]),
    ...(argumentsHash === undefined ? [] : [`arguments ${toShownLine(argumentsHash, shownHash)}`]),
    ...(toolHash === undefined ? [] : [`tool ${toShownLine(toolHash, shownHash)}`]),
    ...(grantId === undefined ? [] : [`grant ${toShownLine(grantId, shownHash)}`]),
    ...(until === undefined ? [] : [`until ${new Date(until).toISOString()}`]),
  ];
  return parts.join('  ');
}
