/** The list that opens above the composer while one types `@`, `/` or into an option of a command. The focus stays in the text. */
import { element, setAttributes } from './dom.ts';

export interface Suggestion {
  readonly picture?: Node;
  readonly label: string;
  readonly detail: string;
  readonly choose: () => void;
}

export class Completion {
  readonly element: HTMLElement;
  readonly #text: HTMLTextAreaElement;
  #label = '';
  #suggestions: readonly Suggestion[] = [];
  /** -1: none yet. */
  #active = 0;

  /** @param id Of the list, unlike that of any other. */
  constructor(text: HTMLTextAreaElement, id = 'completion') {
    this.#text = text;
    this.element = element('ul', { class: 'completion', attributes: { id, role: 'listbox', hidden: true } });
  }

  /** An empty list closes it. @param isOffered Enter takes none of them before one is pointed at. Default false: it takes the first. */
  show(label: string, suggestions: readonly Suggestion[], isOffered = false): void {
    if (labels(suggestions) !== labels(this.#suggestions)) this.#active = isOffered ? -1 : 0;
    this.#label = label;
    this.#suggestions = suggestions;
    this.#render();
  }

  hide(): void {
    this.show('', []);
  }

  /** @returns whether the key was for the list. */
  takeKey(event: KeyboardEvent): boolean {
    const { length } = this.#suggestions;
    if (length === 0) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const active = this.#suggestions[this.#active];
    if (step !== undefined) {
      this.#active = active === undefined && step < 0 ? length - 1 : (this.#active + step + length) % length;
      this.#render();
    } else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey && active !== undefined) {
      active.choose();
    } else if (event.key === 'Escape') {
      this.hide();
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }

  #render(): void {
    const isOpen = this.#suggestions.length > 0;
    this.element.hidden = !isOpen;
    this.element.setAttribute('aria-label', this.#label);
    this.element.replaceChildren(
      ...this.#suggestions.map((suggestion, index) =>
        suggestionView(suggestion, `${this.element.id}-${index}`, index === this.#active),
      ),
    );
    this.element.querySelector('.is-active')?.scrollIntoView({ block: 'nearest' });
    setAttributes(this.#text, {
      'aria-controls': isOpen && this.element.id,
      'aria-activedescendant': isOpen && this.#active >= 0 && `${this.element.id}-${this.#active}`,
    });
  }
}

function labels(suggestions: readonly Suggestion[]): string {
  return suggestions.map(({ label }) => label).join();
}

function suggestionView({ picture, label, detail, choose }: Suggestion, id: string, isActive: boolean): HTMLElement {
  return element(
    'li',
    {
      class: isActive ? 'is-active' : '',
      attributes: { id, role: 'option', 'aria-selected': String(isActive) },
      on: {
        // Before the text loses the focus.
        mousedown: (event) => {
          event.preventDefault();
          choose();
        },
      },
    },
    picture,
    element('span', { class: 'label' }, label),
    element('small', {}, detail),
  );
}
