/** The files that are to go with what is being written: picked, dropped or pasted, each uploaded at once. */
import { maxFileBytes, maxFiles } from '../wire.ts';
import { type App, wordsOf } from './app.ts';
import { toSize } from './attachment-view.ts';
import { element } from './dom.ts';
import { dots, icon } from './icons.ts';

interface Attached {
  readonly file: File;
  /** Undefined once it has failed. */
  readonly uploaded: Promise<string | undefined>;
  id: string | undefined;
}

const shownTypes = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

export class AttachedFiles {
  readonly element = element('ul', { class: 'attached', attributes: { hidden: true } });
  readonly #app: App;
  #files: readonly Attached[] = [];

  constructor(app: App) {
    this.#app = app;
  }

  get isEmpty(): boolean {
    return this.#files.length === 0;
  }

  /** What is too large or too many is not taken, and that is said. */
  add(files: Iterable<File>): void {
    for (const file of files) {
      if (this.#files.length >= maxFiles) break;
      if (file.size > maxFileBytes) this.#app.actions.complainOfFile(file.name);
      else this.#upload(file);
    }
    this.#render();
  }

  /** Once all of them are uploaded. */
  async ids(): Promise<string[]> {
    const ids = await Promise.all(this.#files.map(({ uploaded }) => uploaded));
    return ids.filter((id) => id !== undefined);
  }

  clear(): void {
    this.#files = [];
    this.#render();
  }

  #upload(file: File): void {
    const attached: Attached = { file, uploaded: this.#app.actions.upload(file), id: undefined };
    this.#files = [...this.#files, attached];
    void attached.uploaded.then((id) => {
      attached.id = id;
      if (id === undefined) this.#remove(attached);
      else this.#render();
    });
  }

  #remove(attached: Attached): void {
    this.#files = this.#files.filter((other) => other !== attached);
    this.#render();
  }

  #render(): void {
    this.element.hidden = this.isEmpty;
    this.element.setAttribute('aria-label', wordsOf(this.#app).attached);
    this.element.replaceChildren(...this.#files.map((attached) => this.#view(attached)));
  }

  #view(attached: Attached): HTMLElement {
    const words = wordsOf(this.#app);
    const { file, id } = attached;
    const label = words.removeFile(file.name);
    const isPicture = id !== undefined && shownTypes.has(file.type);
    return element(
      'li',
      { class: 'attached-file' },
      isPicture ? element('img', { attributes: { src: `/uploads/${id}`, alt: '' } }) : icon('file'),
      element(
        'div',
        { class: 'file-name' },
        element('span', {}, file.name),
        id === undefined ? element('small', {}, dots(), words.uploading) : element('small', {}, toSize(file.size)),
      ),
      element(
        'button',
        {
          class: 'tool',
          attributes: { type: 'button', 'aria-label': label, title: label },
          on: { click: () => this.#remove(attached) },
        },
        icon('close'),
      ),
    );
  }
}
