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

  /** Once all of them are uploaded; undefined when one of them could not be, which is then left out. Never rejects. */
  async ids(): Promise<string[] | undefined> {
    const uploaded = await Promise.all(this.#files.map((attached) => attached.uploaded));
    const ids = uploaded.filter((id) => id !== undefined);
    return ids.length < uploaded.length ? undefined : ids;
  }

  /** Those of another go behind its own, as far as there is room. */
  takeOver(other: AttachedFiles): void {
    for (const attached of other.#files.slice(0, maxFiles - this.#files.length)) this.#keep(attached);
    this.#render();
  }

  #upload(file: File): void {
    this.#keep({ file, uploaded: this.#app.actions.upload(file), id: undefined });
  }

  #keep(attached: Attached): void {
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
