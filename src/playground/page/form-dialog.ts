/** The dialog that the bot opens when a member presses a button: its fields, Cancel and Submit. */
import { type App, type View, wordsOf } from './app.ts';
import { createField } from './dialog-field.ts';
import { element } from './dom.ts';
import { avatar, dots } from './icons.ts';
import type { OpenDialog } from './interaction-state.ts';
import type { World } from './state.ts';

/** One that stands open. */
interface Shown {
  readonly pressId: string;
  readonly close: () => void;
  readonly refresh: (dialog: OpenDialog) => void;
}

export class FormDialog implements View {
  readonly element = element('div', { class: 'dialog-place' });
  readonly #app: App;
  #shown: Shown | undefined;

  constructor(app: App) {
    this.#app = app;
  }

  render(): void {
    const { dialog, world } = this.#app.state;
    if (this.#shown?.pressId !== dialog?.pressId) {
      this.#shown?.close();
      this.#shown = dialog && world ? open(this.#app, world, dialog, this.element) : undefined;
    }
    if (dialog) this.#shown?.refresh(dialog);
  }
}

function open(app: App, world: World, { pressId, dialog }: OpenDialog, place: HTMLElement): Shown {
  const words = wordsOf(app);
  const bot = world.members.get(world.botId);
  const fields = dialog.fields.map((field, place) => createField(field, place, words));
  const failure = element('p', { class: 'problem', attributes: { role: 'alert', hidden: true } }, words.formFailed);
  const submitButton = element('button', { class: 'primary' }, element('span', {}, words.submit), dots());
  const modal = element(
    'dialog',
    { class: 'form-dialog', attributes: { 'aria-label': dialog.title } },
    element(
      'form',
      { attributes: { method: 'dialog', novalidate: true }, on: { submit: submitForm } },
      element('header', {}, bot && avatar(bot), element('h2', {}, dialog.title)),
      element(
        'div',
        { class: 'fields' },
        element('p', { class: 'form-note' }, words.formNote(bot?.name ?? '')),
        ...fields.map((field) => field.element),
        failure,
      ),
      element(
        'div',
        { class: 'dialog-buttons' },
        element('button', { attributes: { type: 'button' }, on: { click: () => modal.close() } }, words.cancel),
        submitButton,
      ),
    ),
  );

  /** It stays open until the bot has taken it. */
  function submitForm(event: SubmitEvent): void {
    event.preventDefault();
    const wrong = fields.filter((field) => !field.check());
    wrong[0]?.focus();
    if (wrong.length > 0) return;
    app.actions.submitDialog(Object.fromEntries(fields.map((field) => [field.customId, field.value()])));
  }

  modal.addEventListener('close', () => {
    modal.remove();
    app.actions.closeDialog(pressId);
  });
  place.append(modal);
  modal.showModal();
  fields[0]?.focus();
  return {
    pressId,
    close: () => modal.close(),
    refresh({ requestId, isFailed }) {
      const isSending = requestId !== undefined;
      submitButton.setAttribute('aria-disabled', String(isSending));
      submitButton.classList.toggle('is-waiting', isSending);
      failure.hidden = !isFailed;
    },
  };
}
