/** What must hold of a turn whatever tools, models and stores have sent. */
import { isDeepStrictEqual } from 'node:util';
import type { LiveState } from '../../../src/agent/agent.ts';
import { readTurn, writeTurn } from '../../../src/agent/store/turn-record.ts';
import { toTimeline } from '../../../src/agent/timeline.ts';
import type { Turn } from '../../../src/agent/turn.ts';
import { present } from '../../../src/bot/channel/presenter.ts';
import type { ShownMessage } from '../../../src/bot/channel/shown-message.ts';
import { toTimelineText } from '../../../src/bot/channel/timeline-text.ts';
import { toBody, toChanges } from '../../../src/bot/discord/message-body.ts';
import { discordSurface } from '../../../src/bot/discord/surface.ts';

/** Of the bodies that go to Discord, beside what the place adds. */
const allowedKeys = new Set(['content', 'components', 'flags']);

/** Of a turn that has ended. */
export function breachesOf(turn: Turn): string[] {
  return [...breachesOfRecord(turn), ...breachesOfEnd(turn), ...breachesOfShown(turn)];
}

/** Of what the model is sent: halves of characters, in whatever place, are refused by strict servers. */
export function breachesOfRequest(body: unknown): string[] {
  const broken = brokenTextsIn(body);
  return broken.length === 0 ? [] : [`the model was sent half a character: ${JSON.stringify(broken[0])}`];
}

function brokenTextsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.isWellFormed() ? [] : [value.slice(0, 200)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap((entry) => entry.flatMap(brokenTextsIn));
}

function breachesOfRecord(turn: Turn): string[] {
  const breaches: string[] = [];
  for (const [index, { calls, results }] of turn.steps.entries()) {
    const answered = results.map(({ callId }) => callId);
    if (!isDeepStrictEqual(answered.toSorted(), calls.map(({ id }) => id).toSorted()))
      breaches.push(`step ${index}: the calls ${calls.map(({ id }) => id)} have the results of ${answered}`);
  }
  for (const { links = [], text: told } of turn.steps.flatMap(({ results }) => results)) {
    if (links.length > 100 || links.join('').length > 20_000) breaches.push(`a result has ${links.length} links`);
    const untold = links.filter((uri) => !told.includes(`- {"uri":${JSON.stringify(uri)}`));
    if (untold.length > 0) breaches.push(`nobody is told of the links ${JSON.stringify(untold)}`);
  }
  const ids = turn.steps.flatMap(({ calls }) => calls.map(({ id }) => id));
  if (new Set(ids).size < ids.length) breaches.push(`two calls have one id: ${ids}`);
  const text = JSON.stringify(turn);
  if (JSON.stringify(readTurn(JSON.parse(text))) !== text) breaches.push('it cannot be read back');
  try {
    writeTurn(turn);
  } catch (error) {
    breaches.push(String(error));
  }
  return breaches;
}

function breachesOfEnd(turn: Turn): string[] {
  if (turn.end === undefined) return ['it has no end'];
  // Nothing of this program's own is broken: what is to blame is outside.
  if (turn.end.type === 'failed' && /^(internal|store-failed)$/.test(turn.end.code))
    return [`it ended: ${turn.end.code}`];
  const messages = present(turn, { language: 'en', surface: discordSurface });
  const isShown = messages.some(({ stage, content }) => stage === 'final' && content.trim() !== '');
  return isShown ? [] : [`its end cannot be seen among ${messages.map(({ content }) => content)}`];
}

/** @param live What is shown besides while the turn runs. */
export function breachesOfShown(turn: Turn, live?: LiveState): string[] {
  const more = live === undefined ? {} : { live };
  const styles = ['folded', 'failures'] as const;
  return [
    ...styles.flatMap((notices) =>
      breachesOfMessages(
        present(turn, { language: 'en', surface: discordSurface, notices, writesFormulas: true, ...more }),
      ),
    ),
    ...breachesOfMessages(present(turn, { language: 'ko', surface: discordSurface, ...more })),
    ...breachesOfMessages(
      present(turn, { language: 'en', surface: discordSurface, quotedQuestion: turn.question.text, ...more }),
    ),
    ...breachesOfTimeline(turn),
  ];
}

/** What a press on Why? shows. */
function breachesOfTimeline(turn: Turn): string[] {
  const { content } = toTimelineText(toTimeline(turn), { language: 'ko', surface: discordSurface });
  return [
    ...(content.trim() !== '' && content.length <= 2000 ? [] : [`the timeline has ${content.length} characters`]),
    ...(/(?<!\\)<@(?!u2>)/.test(content) ? [`the timeline mentions somebody: ${content}`] : []),
  ];
}

function breachesOfMessages(messages: readonly ShownMessage[]): string[] {
  const keys = messages.map(({ key }) => key);
  return [
    ...(new Set(keys).size < keys.length ? [`two messages have one key: ${keys}`] : []),
    ...messages.flatMap((message) => breachesOfMessage(message).map((breach) => `${message.key}: ${breach}`)),
  ];
}

function breachesOfMessage(message: ShownMessage): string[] {
  const { key, content, buttons = [], files = [] } = message;
  const bodyKeys = [...Object.keys(toBody(message)), ...Object.keys(toChanges(message))];
  const oddKeys = bodyKeys.filter((name) => !allowedKeys.has(name));
  const isButton = ({ id, label }: (typeof buttons)[number]) =>
    id.length >= 1 && id.length <= 100 && label.trim() !== '' && label.length <= 80;
  const rows = toBody(message).components ?? [];
  return [
    ...(/^[!-~]{1,6}$/.test(key) ? [] : [`its key is «${key}»`]),
    ...(content.length <= 2000 ? [] : [`it has ${content.length} characters`]),
    ...(content.trim() !== '' || files.length > 0 ? [] : ['it is empty']),
    ...(oddKeys.length === 0 ? [] : [`its body has ${oddKeys}`]),
    ...(rows.length <= 5 && rows.every((row) => row.components.length <= 5) && buttons.every(isButton)
      ? []
      : [`its buttons are ${JSON.stringify(buttons)}`]),
    ...(files.length <= 10 ? [] : [`it has ${files.length} files`]),
    ...(files.every(({ name }) => /^[\w.-]{1,100}$/.test(name)) ? [] : [`its files are ${JSON.stringify(files)}`]),
  ];
}
