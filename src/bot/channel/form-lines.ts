/** What a tool server asks while a call runs, as lines below the call and what can be pressed there. Pure. */
import type { Form } from '../../agent/form.ts';
import type { Turn } from '../../agent/turn.ts';
import { toShownLine } from '../../text.ts';
import type { Surface } from './place.ts';
import { type ButtonPress, toButtonId } from './press.ts';
import type { ShownButton } from './shown-message.ts';
import type { Language } from './texts/catalogue.ts';
import { catalogues } from './texts/catalogues.ts';

/** A line shows at most this much of what a server asks, and of its name. */
const maxShownQuestion = 400;
const maxShownServer = 40;

/** Of a page the host alone: the address is for the asker. */
export function formLines(form: Form, language: Language, surface: Surface): string[] {
  const line = toFormLine(form, language);
  const { formTooLong } = catalogues[language];
  return isShowable(form, surface) ? [line] : [line, formTooLong.replace('{platform}', () => surface.name)];
}

/** Who asks, and what. */
export function toFormLine({ server, message, address }: Form, language: Language): string {
  const { formAsked, pageAsked } = catalogues[language];
  const asked = (address === undefined ? formAsked : pageAsked)
    .replace('{server}', () => toShownLine(server, maxShownServer))
    .replace('{host}', () => address?.host ?? '');
  return `${asked} ${toShownLine(message, maxShownQuestion)}`;
}

export function formButtons(turn: Turn, form: Form, language: Language, surface: Surface): ShownButton[] {
  const { fillIn, showPage, decline } = catalogues[language].buttons;
  const toButton = (action: ButtonPress['action'], label: string, style: ShownButton['style']): ShownButton => ({
    id: toButtonId({ action, turnId: turn.question.id, target: form.id }),
    label,
    style,
  });
  const refuse = toButton('decline', decline, 'plain');
  if (form.address !== undefined) return [toButton('open', showPage, 'good'), refuse];
  return isShowable(form, surface) ? [toButton('fill', fillIn, 'good'), refuse] : [refuse];
}

function isShowable(form: Form, surface: Surface): boolean {
  return form.address !== undefined || surface.canShow(form);
}
