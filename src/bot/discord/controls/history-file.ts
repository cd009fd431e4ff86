/** A channel's conversation as a file: Markdown to read, JSON for programs. Pure. */
import { approvalOf, type ModelStep, resultOf, type ToolCall, type Turn } from '../../../agent/turn.ts';
import { withoutSpaces } from '../../../json.ts';
import { toOneLine, toVisible } from '../../../text.ts';
import type { Language } from '../../channel/texts/catalogue.ts';
import { catalogues } from '../../channel/texts/catalogues.ts';
import { toOutcome } from './history-text.ts';

export const historyFormats = ['markdown', 'json'] as const;
export type HistoryFormat = (typeof historyFormats)[number];

export interface Conversation {
  readonly channelId: string;
  /** Oldest first. */
  readonly turns: readonly Turn[];
  /** Of the turns before them. */
  readonly summary: string | undefined;
}

export interface HistoryFileOptions {
  readonly format: HistoryFormat;
  readonly language: Language;
  /** Bytes that the file may have. */
  readonly most: number;
}

export interface HistoryFile {
  readonly name: string;
  readonly data: Buffer;
  /** How many of the turns are in it: the newest. */
  readonly turns: number;
}

export function toHistoryFile(conversation: Conversation, options: HistoryFileOptions): HistoryFile {
  const { format, most } = options;
  const { channelId, turns } = conversation;
  const name = `history-${channelId}.${format === 'json' ? 'json' : 'md'}`;
  for (let left = turns.length; ; left -= Math.ceil(left / 4)) {
    const some = { ...conversation, turns: turns.slice(turns.length - left) };
    const data = Buffer.from(format === 'json' ? toJson(some) : toMarkdown(some, options.language));
    if (data.length <= most || left === 0) return { name, data, turns: left };
  }
}

/** The records as they are stored, without what the bot keeps of its own to show them: tokens of interactions are there. */
function toJson({ channelId, turns, summary }: Conversation): string {
  const records = turns.map(({ delivery: _own, ...record }) => record);
  return JSON.stringify({ channelId, ...(summary === undefined ? {} : { summary }), turns: records }, null, 2);
}

function toMarkdown({ turns, summary }: Conversation, language: Language): string {
  const { title } = catalogues[language].commands.history;
  const parts = [`# ${title}`, ...(summary === undefined ? [] : [toQuote(summary)])];
  return `${[...parts, ...turns.flatMap((turn) => toSection(turn, language))].join('\n\n')}\n`;
}

function toSection({ question, steps, end }: Turn, language: Language): string[] {
  const { authorName, askedAt, text } = question;
  const time = `${new Date(askedAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const outcome = end === undefined || end.type === 'answered' ? [] : [`*${toOutcome(end, language)}*`];
  return [`## ${toOneLine(authorName)}, ${time}`, toQuote(text), ...steps.flatMap(toStep), ...outcome];
}

function toStep(step: ModelStep): string[] {
  return [...(step.text === '' ? [] : [step.text]), ...step.calls.map((call) => toCall(step, call))];
}

/** The call, and its result as it came. */
function toCall(step: ModelStep, call: ToolCall): string {
  const result = resultOf(step, call);
  const sign = result === undefined ? '?' : result.ok ? '✅' : '❌';
  const decision = approvalOf(step, call)?.decision;
  const written = toCode(`${call.name}(${toVisible(toOneLine(withoutSpaces(call.arguments)))})`);
  const head = `- ${sign} ${written}${decision === undefined ? '' : ` (${decision})`}`;
  if (result === undefined) return head;
  const fence = toFence(result.text);
  const body = [fence, ...result.text.split('\n'), fence].map((line) => `  ${line}`);
  return [head, '', ...body].join('\n');
}

function toQuote(text: string): string {
  return text.replace(/^/gm, '> ');
}

/** Code in a line, whatever signs are in it. */
function toCode(text: string): string {
  const marks = '`'.repeat(longestRun(text) + 1);
  return text.includes('`') ? `${marks} ${text} ${marks}` : `${marks}${text}${marks}`;
}

function toFence(text: string): string {
  return '`'.repeat(Math.max(3, longestRun(text) + 1));
}

/** Of back ticks that follow each other. */
function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, { length }) => Math.max(longest, length), 0);
}
