/** The line above the text that says what the text will become: a reply to a message, or its new content. */
import { type App, findMessage, wordsOf } from './app.ts';
import { element } from './dom.ts';
import { icon } from './icons.ts';

export interface Reference {
  readonly kind: 'reply' | 'edit';
  readonly messageId: string;
}

/** Shows it in `line`; hides the line where there is none. */
export function showReference(
  line: HTMLElement,
  app: App,
  reference: Reference | undefined,
  onCancel: () => void,
): void {
  const words = wordsOf(app);
  const message = reference && findMessage(app, reference.messageId);
  line.hidden = !message;
  line.replaceChildren();
  if (!message) return;
  const isEdit = reference.kind === 'edit';
  line.append(
    element('span', {}, isEdit ? words.editing : words.replyingTo(message.author.name)),
    isEdit ? element('small', {}, words.editingHint) : '',
    element(
      'button',
      {
        class: 'tool',
        attributes: { type: 'button', 'aria-label': words.cancel, title: words.cancel },
        on: { click: onCancel },
      },
      icon('close'),
    ),
  );
}
