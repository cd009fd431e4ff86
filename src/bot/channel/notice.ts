/**
 * The notice of a step: a line for each tool call, from 🔧 while it runs to ✅ or ❌, or one line for many, and what can be
 * pressed below it while a call waits for a person. Texts are cut before anything else is done with them: tools may send any amount.
 */

import type { CallProgress, LiveState } from '../../agent/agent.ts';
import { placeOf } from '../../agent/call-place.ts';
import {
  approvalOf,
  type ModelStep,
  resultOf,
  type ToolCall,
  type ToolResult,
  type Turn,
  taskOf,
} from '../../agent/turn.ts';
import { withoutSpaces } from '../../json.ts';
import type { NoticeStyle } from '../../settings/layer.ts';
import { cut, toOneLine, toShownLine, toVisible } from '../../text.ts';
import { formButtons, formLines } from './form-lines.ts';
import type { Surface } from './place.ts';
import { toButtonId } from './press.ts';
import type { ShownButton, ShownFile } from './shown-message.ts';
import type { Language } from './texts/catalogue.ts';
import { catalogues } from './texts/catalogues.ts';
import { loginTexts } from './texts/login.ts';

/** A line shows at most this much of a call's name and arguments, of its result and of what a tool reports. */
const maxShownName = 64;
const maxShownArguments = 500;
const maxShownResult = 1000;
const maxShownProgress = 80;

export interface Notice {
  readonly lines: readonly string[];
  /** The places among the lines of calls that run and can be stopped. */
  readonly running: ReadonlySet<number>;
  readonly buttons: readonly ShownButton[];
  /** Arguments that a person must approve and that the line does not show whole, by the place of their call. */
  readonly attached: readonly { readonly place: number; readonly file: ShownFile }[];
  /** Whether it changes merely because a tool tells how far it is. */
  readonly isProgress: boolean;
}

interface NoticeOptions {
  readonly language: Language;
  readonly surface: Surface;
  readonly live: LiveState;
  /**
   * Which calls have a line: `all`; `failures`, those that have failed and those that a person is asked about; `folded`, these and one
   * line for all where a step has more than three.
   */
  readonly notices: NoticeStyle;
}

/** A step with more calls is folded. */
const mostUnfolded = 3;
const mostShownNames = 8;

export function noticeOf(turn: Turn, step: ModelStep, options: NoticeOptions): Notice {
  const { surface, live, notices } = options;
  const calls = linesOfCalls(turn, step, options);
  const telling = calls.filter(({ needsLine }) => needsLine);
  const isFolded = notices === 'folded' && step.calls.length > mostUnfolded;
  const shown = isFolded || notices === 'failures' ? telling : calls;
  const isRunning = calls.some((call) => call.isRunning);
  const parts = [...(isFolded ? [{ lines: foldedLines(step, options.language), isRunning }] : []), ...shown];
  const lines: string[] = [];
  const running = new Set<number>();
  for (const part of parts) {
    if (part.isRunning) running.add(lines.length);
    lines.push(...part.lines);
  }
  const buttons = calls.flatMap((call) => call.buttons);
  return {
    lines: surface.toPlainLines(lines),
    running,
    buttons: [...buttons, ...alwaysButtons(turn, step, options)],
    attached: attachedArguments(step),
    isProgress: buttons.length === 0 && step.calls.some(({ id }) => live.progress.has(id)),
  };
}

interface CallLines {
  readonly lines: readonly string[];
  readonly buttons: readonly ShownButton[];
  /** It has failed, or a person is asked or has decided: in every style it is shown. */
  readonly needsLine: boolean;
  /** It has been begun and can be stopped. */
  readonly isRunning: boolean;
}

function linesOfCalls(turn: Turn, step: ModelStep, { language, surface, live }: NoticeOptions): CallLines[] {
  const waiting = step.calls.filter((call) => isWaiting(turn, step, call));
  return step.calls.map((call) => {
    const shown = shownCallOf(call).text;
    const result = resultOf(step, call);
    const wasAsked = approvalOf(step, call) !== undefined;
    if (result !== undefined) {
      const line = `${result.ok ? '✅' : '❌'} ${shown} → ${shownResultOf(result)}`;
      return { lines: [line], buttons: [], needsLine: !result.ok || wasAsked, isRunning: false };
    }
    const forms = live.forms.filter(({ callId }) => callId === call.id);
    const logins = live.logins.flatMap(({ callId, server }, place) => (callId === call.id ? [{ server, place }] : []));
    const asked = {
      lines: [
        ...forms.flatMap((form) => formLines(form, language, surface)),
        ...logins.map(({ server }) => loginLine(server, language)),
      ],
      buttons: [
        ...forms.flatMap((form) => formButtons(turn, form, language, surface)),
        ...logins.map(({ place }) => loginButton(turn, place, language)),
      ],
    };
    if (taskOf(step, call) !== undefined) {
      const message = live.progress.get(call.id)?.message ?? '';
      const line = `⏳ ${shown} – ${catalogues[language].runsAsTask}${message && `: ${toShownLine(message, maxShownProgress)}`}`;
      return {
        lines: [line, ...asked.lines],
        buttons: asked.buttons,
        needsLine: true,
        isRunning: turn.end === undefined,
      };
    }
    if (!waiting.includes(call)) {
      const line = `🔧 ${shown}${toProgressText(live.progress.get(call.id))}`;
      const needsLine = asked.lines.length > 0 || wasAsked;
      return { lines: [line, ...asked.lines], buttons: asked.buttons, needsLine, isRunning: turn.end === undefined };
    }
    // Two may be of one tool: a number says which buttons are whose.
    const number = waiting.length > 1 ? waiting.indexOf(call) + 1 : undefined;
    const line = `✋ ${number === undefined ? '' : `${number}. `}${shown} – ${toWaitText(step, call, language)}`;
    return {
      lines: [line, ...asked.lines],
      buttons: [...approvalButtons(turn, step, call, { language, surface, number }), ...asked.buttons],
      needsLine: true,
      isRunning: false,
    };
  });
}

/** How many of the calls are done, and of which tools they are. None when all of them have failed: each of these has a line. */
function foldedLines(step: ModelStep, language: Language): string[] {
  const isRunning = step.calls.some((call) => resultOf(step, call) === undefined);
  const good = step.calls.filter((call) => resultOf(step, call)?.ok === true);
  if (!isRunning && good.length === 0) return [];
  const counts = new Map<string, number>();
  for (const { name } of isRunning ? step.calls : good) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = [...counts].map(([name, count]) => `${toShownName(name)}${count > 1 ? ` ×${count}` : ''}`);
  const shown = [...names.slice(0, mostShownNames), ...(names.length > mostShownNames ? ['…'] : [])].join(', ');
  const done = isRunning ? step.results.length : good.length;
  return [`${isRunning ? '🔧' : '✅'} ${catalogues[language].callsDone(done, step.calls.length)}: ${shown}`];
}

function isWaiting(turn: Turn, step: ModelStep, call: ToolCall): boolean {
  const approval = approvalOf(step, call);
  return turn.end === undefined && approval !== undefined && approval.decision === undefined;
}

/** Nobody is to approve what they cannot read. They stay attached: what was approved can be read later. */
function attachedArguments(step: ModelStep): Notice['attached'] {
  return step.calls.flatMap((call, place) => {
    return approvalOf(step, call) === undefined || shownCallOf(call).isWhole
      ? []
      : [{ place, file: { name: `${place + 1}-arguments.json`, text: call.arguments } }];
  });
}

interface ButtonOptions {
  readonly language: Language;
  readonly surface: Surface;
  readonly number: number | undefined;
}

/** Calls are named by their places: the ids that models make up may be long. */
function approvalButtons(
  turn: Turn,
  step: ModelStep,
  call: ToolCall,
  { language, surface, number }: ButtonOptions,
): ShownButton[] {
  const { approve, deny } = catalogues[language].buttons;
  const turnId = turn.question.id;
  const place = placeOf(turn, step, call);
  const label = (text: string) =>
    number === undefined ? text : cut(`${text} ${number}: ${toShownName(call.name)}`, surface.buttonLabelLength);
  return [
    { id: toButtonId({ action: 'approve', turnId, target: place }), label: label(approve), style: 'good' },
    { id: toButtonId({ action: 'deny', turnId, target: place }), label: label(deny), style: 'bad' },
  ];
}

/** After those by which a call is decided: where there is no room for all, these may wait. */
function alwaysButtons(turn: Turn, step: ModelStep, { language, surface }: NoticeOptions): ShownButton[] {
  const waiting = step.calls.filter((call) => isWaiting(turn, step, call));
  const { always } = catalogues[language].approvals.buttons;
  return waiting.flatMap((call, place) => {
    // Of a call that is decided by itself, no later one can be.
    if (approvalOf(step, call)?.toolHash === undefined) return [];
    const id = toButtonId({ action: 'always', turnId: turn.question.id, target: placeOf(turn, step, call) });
    const named = cut(`${always} ${place + 1}: ${toShownName(call.name)}`, surface.buttonLabelLength);
    return [{ id, label: waiting.length > 1 ? named : always, style: 'plain' }];
  });
}

function toWaitText(step: ModelStep, call: ToolCall, language: Language): string {
  const { quorum, votes = [] } = approvalOf(step, call) ?? {};
  const { waitsForApproval, approvals } = catalogues[language];
  return quorum === undefined ? waitsForApproval : approvals.waitsForSeveral(votes.length, quorum);
}

/** Of what a line says of a server's name. */
const maxShownServer = 40;

function loginLine(server: string, language: Language): string {
  return loginTexts[language].asked.replace('{server}', () => toShownLine(server, maxShownServer));
}

function loginButton(turn: Turn, place: number, language: Language): ShownButton {
  const id = toButtonId({ action: 'connect', turnId: turn.question.id, target: String(place) });
  return { id, label: loginTexts[language].connect, style: 'good' };
}

function toProgressText(reported: CallProgress | undefined): string {
  if (reported === undefined) return '';
  const { progress, total, message } = reported;
  const share = total === undefined || total <= 0 ? String(progress) : `${Math.floor((progress / total) * 100)} %`;
  return ` ${share}${message ? ` ${toShownLine(message, maxShownProgress)}` : ''}`;
}

interface ShownCall {
  readonly text: string;
  /** Whether the text shows all of the arguments. */
  readonly isWhole: boolean;
}

/** Calls and results never change: each is made a line of once, however often the notice is drawn. */
const shownCallOf = onceFor(({ name, arguments: json }: ToolCall): ShownCall => {
  const compact = toVisible(toOneLine(withoutSpaces(cut(json, longestCompacted))));
  const isWhole = compact.length <= maxShownArguments && json.length <= longestCompacted;
  return { text: `${toShownName(name)}(${cut(compact, maxShownArguments)})`, isWhole };
});
const shownResultOf = onceFor(({ text }: ToolResult): string => toShownLine(text, maxShownResult));

function onceFor<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new WeakMap<Key, { readonly value: Value }>();
  return (key) => {
    const known = made.get(key) ?? { value: make(key) };
    made.set(key, known);
    return known.value;
  };
}

/** Models make names up: what no tool can be called is shown as a text, so that it is taken for nothing else. */
export function toShownName(name: string): string {
  const short = cut(name, maxShownName);
  return /^[\w./-]+…?$/.test(short) ? short : JSON.stringify(toVisible(toOneLine(short)));
}

/** More of the arguments is not looked at for a line. */
const longestCompacted = 10_000;
