/** What can be pressed below a turn as a whole: to stop it while it works, and to ask again or look into it afterwards. Pure. */
import type { Turn } from '../../agent/turn.ts';
import { type ButtonPress, toButtonId } from './press.ts';
import type { ShownButton } from './shown-message.ts';
import type { Language } from './texts/catalogue.ts';
import { catalogues } from './texts/catalogues.ts';

export function stopButton(turn: Turn, language: Language): readonly ShownButton[] {
  return [toButton('stop', turn, catalogues[language].buttons.stop)];
}

/** None below a question that was never kept: nobody would find it again. @param mayExtend Whether there is somebody who may let more be spent. */
export function endButtons(turn: Turn, language: Language, mayExtend: boolean): readonly ShownButton[] {
  const { again, why, extend } = catalogues[language].buttons;
  const { end } = turn;
  if (end?.type === 'failed' && end.code === 'store-failed') return [];
  const isOverBudget = end?.type === 'failed' && end.budget !== undefined;
  return [
    ...(isOverBudget && mayExtend ? [toButton('extend', turn, extend)] : []),
    toButton('again', turn, again),
    toButton('why', turn, why),
  ];
}

function toButton(action: ButtonPress['action'], turn: Turn, label: string): ShownButton {
  return { id: toButtonId({ action, turnId: turn.question.id, target: '' }), label, style: 'plain' };
}
