/** What a turn did, as members read it: some lines for every answer of the model and every call, and a file where they do not hold all of it. Pure. */
import type { ApprovalSpan, LeftOutSpan, ModelSpan, Span, ToolSpan, TurnSpan } from '../../agent/timeline.ts';
import type { Usage } from '../../agent/turn.ts';
import { withoutSpaces } from '../../json.ts';
import { cut, toShownLine, toVisible } from '../../text.ts';
import { toShownName } from './notice.ts';
import type { Surface } from './place.ts';
import { toCountText, toTookText } from './quantities.ts';
import type { Language } from './texts/catalogue.ts';
import { catalogues, toWarningText } from './texts/catalogues.ts';
import { toDollars } from './usage.ts';

export interface TimelineText {
  readonly content: string;
  /** Everything to the letter. Absent: the content has it. */
  readonly file?: { readonly name: string; readonly text: string };
}

export interface TimelineOptions {
  readonly language: Language;
  readonly surface: Pick<Surface, 'messageLength' | 'toPlainLines' | 'toMention'>;
}

interface Line {
  readonly text: string;
  /** To the letter, for the file. Default: the same. */
  readonly whole?: string;
  /** Whether others than this program have a say in it. Default false. */
  readonly isForeign?: true;
  /** Whether it does not hold all that it stands for. Default false. */
  readonly isCut?: boolean;
}

/** A line shows at most this much of arguments, of a result and of a name. */
const maxShown = 300;
const maxShownName = 64;

export function toTimelineText(
  [turn, ...parts]: readonly [TurnSpan, ...Span[]],
  options: TimelineOptions,
): TimelineText {
  const { timeline, failures } = catalogues[options.language];
  const { outcome } = turn.attributes;
  const last = outcome === undefined || outcome === 'answered' ? [] : [{ text: `⚠️ ${failures[outcome]}` }];
  const lines = [...parts.flatMap((part) => toLines(part, options)), ...last];
  return cutToFit([{ text: timeline.head }, ...lines, { text: toTotal(turn, options.language) }], options);
}

/** As many lines as a message holds, the last always; and the file, where that is not all. */
function cutToFit(lines: readonly Line[], { language, surface }: TimelineOptions): TimelineText {
  const { inFile } = catalogues[language].timeline;
  const foreign = lines.filter(({ isForeign }) => isForeign);
  const plain = surface.toPlainLines(foreign.map(({ text }) => text));
  const texts = lines.map((line) => (line.isForeign ? (plain[foreign.indexOf(line)] ?? '') : line.text));
  const isCut = lines.some((line) => line.isCut) || texts.join('\n').length > surface.messageLength;
  if (!isCut) return { content: texts.join('\n') };
  const end = [...texts.splice(-1), inFile].join('\n');
  let content = '';
  for (const text of texts) {
    if (content.length + text.length + end.length + 2 > surface.messageLength) break;
    content += `${text}\n`;
  }
  const whole = lines.map((line) => line.whole ?? line.text).join('\n');
  return { content: content + end, file: { name: 'timeline.txt', text: `${whole}\n` } };
}

function toLines(span: Span, options: TimelineOptions): Line[] {
  const { language } = options;
  switch (span.kind) {
    case 'model':
      return [{ text: toModelLine(span, language) }];
    case 'tool':
      return toCallLines(span, language);
    case 'approval':
      return [toApprovalLine(span, options)];
    case 'warning':
      return [{ text: `⚠️ ${toWarningText(span.attributes, language)}` }];
    case 'left-out':
      return [toLeftOutLine(span, language)];
    case 'turn':
      return [];
  }
}

function toModelLine(span: ModelSpan, language: Language): string {
  const { step, retries, usage } = span.attributes;
  const words = catalogues[language].timeline;
  const took = tookOf(span, language);
  const parts = [
    took === undefined ? words.model : words.modelTook(took),
    ...toUsageParts(usage, language),
    ...(retries === 0 ? [] : [words.retries(retries)]),
  ];
  return `${step + 1}) ${parts.join(', ')}`;
}

function toCallLines(span: ToolSpan, language: Language): Line[] {
  const { tool, server, arguments: json, result, ok } = span.attributes;
  const words = catalogues[language].timeline;
  const at = server === undefined ? '' : ` (${toShownLine(server, maxShownName)})`;
  const took = tookOf(span, language);
  const outcome = ok === undefined ? words.open : ok ? words.done : words.failed;
  const mark = ok === undefined ? '🔧' : ok ? '✅' : '❌';
  const head = `${mark} ${toShownName(tool)}${at} – ${outcome}${took === undefined ? '' : ` (${took})`}`;
  return [
    { text: head, isForeign: true },
    toQuote(words.arguments, json, toVisible(withoutSpaces(cut(json, 2 * maxShown)))),
    ...(result === undefined ? [] : [toQuote(words.result, result, toShownLine(result, 2 * maxShown))]),
  ];
}

/** @param line The text as one line. */
function toQuote(label: string, text: string, line: string): Line {
  const shown = cut(toShownLine(line, 2 * maxShown), maxShown);
  const isCut = shown !== withoutSpaces(text) && shown !== text.trim();
  return { text: `– ${label}: ${shown}`, whole: `${label}:\n${text}\n`, isForeign: true, isCut };
}

function toApprovalLine(span: ApprovalSpan, { language, surface }: TimelineOptions): Line {
  const { decision, by, votes = [], grantId } = span.attributes;
  const words = catalogues[language].timeline;
  const took = tookOf(span, language);
  const after = took === undefined ? '' : ` (${took})`;
  if (by === undefined) return { text: `✋ ${decision === undefined ? words.undecided : words.nobody}${after}` };
  const approvedBy = grantId === undefined ? words.approvedBy : catalogues[language].approvals.standingOf;
  const said = decision === 'approved' ? approvedBy : words.deniedBy;
  const people = decision === 'approved' && votes.length > 1 ? votes.map((vote) => vote.by) : [by];
  const line = (who: readonly string[]) => `✋ ${said.replace('{who}', () => who.join(', '))}${after}`;
  return { text: line(people.map((id) => surface.toMention(id))), whole: line(people) };
}

function toLeftOutLine({ attributes: { file, reason } }: LeftOutSpan, language: Language): Line {
  const { leftOut, leftOutReasons } = catalogues[language].timeline;
  const why = leftOutReasons[reason];
  const line = (name: string) => leftOut.replace('{file}', () => name).replace('{why}', () => why);
  return { text: line(toShownLine(file, maxShownName)), whole: line(file), isForeign: true };
}

function toTotal({ startedAt, endedAt, attributes: { steps, calls, usage } }: TurnSpan, language: Language): string {
  const words = catalogues[language].timeline;
  const took = tookOf({ startedAt, endedAt }, language);
  const parts = [...(took === undefined ? [] : [took]), words.counts(steps, calls), ...toUsageParts(usage, language)];
  return `${words.total}: ${parts.join(', ')}`;
}

function toUsageParts(usage: Usage | undefined, language: Language): string[] {
  if (usage === undefined) return [];
  const { promptTokens, cachedTokens, outputTokens, costUsd } = usage;
  const { tokens } = catalogues[language].timeline;
  const cached = promptTokens === 0 ? 0 : Math.round((cachedTokens / promptTokens) * 100);
  const counts = tokens(toCountText(promptTokens, language), cached, toCountText(outputTokens, language));
  return [counts, ...(costUsd === undefined ? [] : [toDollars(costUsd)])];
}

interface Times {
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
}

function tookOf({ startedAt, endedAt }: Times, language: Language): string | undefined {
  return startedAt === undefined || endedAt === undefined
    ? undefined
    : toTookText(Math.max(0, endedAt - startedAt), language);
}
