/** A field for an option of a slash command that takes a file. */
import type { Command } from '../wire.ts';
import { toSize } from './attachment-view.ts';
import type { CommandField } from './command-field.ts';
import { element } from './dom.ts';
import { icon } from './icons.ts';

type Option = Command['options'][number];

export interface FileOptionFieldOptions {
  readonly option: Option;
  readonly pickLabel: string;
  /** Stands beside the name of a file that is on its way. */
  readonly uploadingLabel: string;
  /** @returns its id; undefined when that failed. */
  readonly upload: (file: File) => Promise<string | undefined>;
  readonly onEnter: () => void;
  readonly onLeave: () => void;
}

export class FileOptionField implements CommandField {
  readonly option: Option;
  readonly chip: HTMLElement;
  readonly #options: FileOptionFieldOptions;
  readonly #picker = element('input', { attributes: { type: 'file', hidden: true } });
  readonly #button: HTMLButtonElement;
  /** Empty: none was picked, or it is on its way. */
  value = '';
  /** Of the file that was picked last. */
  #upload: Promise<boolean> | undefined;

  constructor(options: FileOptionFieldOptions) {
    const { option, onEnter, onLeave } = options;
    this.option = option;
    this.#options = options;
    this.#button = element(
      'button',
      {
        class: 'pick-file',
        attributes: {
          type: 'button',
          'aria-label': `${option.name}: ${option.description}`,
          title: option.description,
        },
        on: { click: () => this.#picker.click() },
      },
      icon('attach'),
      options.pickLabel,
    );
    this.#picker.addEventListener('change', () => {
      const [file] = this.#picker.files ?? [];
      if (file) this.take(file);
    });
    this.chip = element('div', { class: 'option' }, element('span', {}, option.name), this.#button, this.#picker);
    this.chip.addEventListener('keydown', (event) => {
      // A file that was picked is sent by Enter, as a text is.
      if (event.key === 'Enter' && this.#upload) {
        event.preventDefault();
        onEnter();
      }
      if (event.key === 'Escape') onLeave();
    });
  }

  get isGood(): boolean {
    return !this.option.isRequired || this.value !== '';
  }

  focus(): void {
    this.#button.focus();
  }

  /** A file that could not be uploaded is as if none had been picked, which is shown. */
  async uploaded(): Promise<boolean> {
    return (await this.#upload) ?? true;
  }

  /** As if it had been picked. */
  take(file: File): void {
    this.value = '';
    this.chip.classList.remove('is-missing');
    this.#button.replaceChildren(icon('file'), `${file.name} · ${this.#options.uploadingLabel}`);
    const upload: Promise<boolean> = this.#options.upload(file).then((id) => {
      // Another one was picked meanwhile.
      if (this.#upload !== upload) return this.uploaded();
      this.value = id ?? '';
      if (id !== undefined) {
        this.#button.replaceChildren(icon('file'), `${file.name} · ${toSize(file.size)}`);
        return true;
      }
      this.#upload = undefined;
      this.#button.replaceChildren(icon('attach'), this.#options.pickLabel);
      return false;
    });
    this.#upload = upload;
  }
}
