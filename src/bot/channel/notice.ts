/**
 * The notice of a step: a line for each tool call, from 🔧 while it runs to ✅ or ❌, and what can be pressed below it while a
 * call waits for a person.
 */
import type { CallProgress, LiveState } from '../../agent/agent.ts';
import { placeOf } from '../../agent/call-place.ts';
import type { Form } from '../../agent/form.ts';
import { approvalOf, type ModelStep, resultOf, type ToolCall, type Turn } from '../../agent/turn.ts';
import { cut, toOneLine } from '../../text.ts';
import { toButtonId } from '../discord/buttons.ts';
import { isShowable } from '../discord/form-modal.ts';
import { catalogues, type Language } from './catalogue.ts';
import { toPlainMarkdown } from './plain-text.ts';
import type { ShownButton } from './presenter.ts';

/** A line shows at most this much of a call's arguments, of its result, of what a tool reports and of what its server asks. */
const maxShownArguments = 500;
const maxShownResult = 1000;
const maxShownProgress = 80;
const maxShownQuestion = 400;

export interface Notice {
  readonly lines: readonly string[];
  readonly buttons: readonly ShownButton[];
  /** Whether it changes merely because a tool tells how far it is. */
  readonly isProgress: boolean;
}

export function noticeOf(turn: Turn, step: ModelStep, live: LiveState, language: Language): Notice {
  const lines: string[] = [];
  const buttons: ShownButton[] = [];
  const { waitsForApproval, formAsked, formTooLong } = catalogues[language];
  const waiting = step.calls.filter((call) => isWaiting(turn, step, call));
  for (const call of step.calls) {
    const shown = `${call.name}(${cut(toCompactJson(call), maxShownArguments)})`;
    const result = resultOf(step, call);
    if (result !== undefined) {
      lines.push(`${result.ok ? '✅' : '❌'} ${shown} → ${cut(toOneLine(result.text), maxShownResult)}`);
    } else if (waiting.includes(call)) {
      // Two may be of one tool: a number says which buttons are whose.
      const number = waiting.length > 1 ? waiting.indexOf(call) + 1 : undefined;
      lines.push(`✋ ${number === undefined ? '' : `${number}. `}${shown} – ${waitsForApproval}`);
      buttons.push(...approvalButtons(turn, step, call, language, number));
    } else {
      lines.push(`🔧 ${shown}${toProgressText(live.progress.get(call.id))}`);
    }
    for (const form of result === undefined ? live.forms.filter(({ callId }) => callId === call.id) : []) {
      lines.push(
        `${formAsked.replace('{server}', () => form.server)} ${cut(toOneLine(form.message), maxShownQuestion)}`,
      );
      if (!isShowable(form)) lines.push(formTooLong);
      buttons.push(...formButtons(turn, form, language));
    }
  }
  const isProgress = buttons.length === 0 && step.calls.some(({ id }) => live.progress.has(id));
  return { lines: lines.map(toPlainMarkdown), buttons, isProgress };
}

function isWaiting(turn: Turn, step: ModelStep, call: ToolCall): boolean {
  const approval = approvalOf(step, call);
  return turn.end === undefined && approval !== undefined && approval.decision === undefined;
}

/** Calls are named by their places: the ids that models make up may be long. */
function approvalButtons(
  turn: Turn,
  step: ModelStep,
  call: ToolCall,
  language: Language,
  number: number | undefined,
): ShownButton[] {
  const { approve, deny } = catalogues[language].buttons;
  const turnId = turn.question.id;
  const place = placeOf(turn, step, call);
  const label = (text: string) => (number === undefined ? text : cut(`${text} ${number}: ${call.name}`, 80));
  return [
    { id: toButtonId({ action: 'approve', turnId, target: place }), label: label(approve), style: 'good' },
    { id: toButtonId({ action: 'deny', turnId, target: place }), label: label(deny), style: 'bad' },
  ];
}

function formButtons(turn: Turn, form: Form, language: Language): ShownButton[] {
  const { fillIn, decline } = catalogues[language].buttons;
  const turnId = turn.question.id;
  const refuse: ShownButton = {
    id: toButtonId({ action: 'decline', turnId, target: form.id }),
    label: decline,
    style: 'plain',
  };
  if (!isShowable(form)) return [refuse];
  return [{ id: toButtonId({ action: 'fill', turnId, target: form.id }), label: fillIn, style: 'good' }, refuse];
}

function toProgressText(reported: CallProgress | undefined): string {
  if (reported === undefined) return '';
  const { progress, total, message } = reported;
  const share = total === undefined || total <= 0 ? String(progress) : `${Math.floor((progress / total) * 100)} %`;
  return ` ${share}${message ? ` ${cut(toOneLine(message), maxShownProgress)}` : ''}`;
}

/** The arguments as the model wrote them, digit for digit, without the spaces between them. */
function toCompactJson({ arguments: json }: ToolCall): string {
  return toOneLine(json.replace(/("(?:[^"\\\n]|\\.)*")|\s+/g, '$1'));
}
