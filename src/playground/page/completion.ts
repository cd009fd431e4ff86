/** The list that opens above the composer while one types `@` or `/`. The focus stays in the text. */
import { element, setAttributes } from './dom.ts';

export interface Suggestion {
  readonly picture: Node;
  readonly label: string;
  readonly detail: string;
  readonly choose: () => void;
}

export class Completion {
  readonly element = element('ul', {
    class: 'completion',
    attributes: { id: 'completion', role: 'listbox', hidden: true },
  });
  readonly #text: HTMLTextAreaElement;
  #label = '';
  #suggestions: readonly Suggestion[] = [];
  #active = 0;

  constructor(text: HTMLTextAreaElement) {
    this.#text = text;
  }

  /** An empty list closes it. */
  show(label: string, suggestions: readonly Suggestion[]): void {
    if (labels(suggestions) !== labels(this.#suggestions)) this.#active = 0;
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
    if (step !== undefined) {
      this.#active = (this.#active + step + length) % length;
      this.#render();
    } else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) {
      this.#suggestions[this.#active]?.choose();
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
      ...this.#suggestions.map((suggestion, index) => suggestionView(suggestion, index, index === this.#active)),
    );
    setAttributes(this.#text, {
      'aria-controls': isOpen && this.element.id,
      'aria-activedescendant': isOpen && `completion-${this.#active}`,
    });
  }
}

function labels(suggestions: readonly Suggestion[]): string {
  return suggestions.map(({ label }) => label).join();
}

function suggestionView({ picture, label, detail, choose }: Suggestion, index: number, isActive: boolean): HTMLElement {
  return element(
    'li',
    {
      class: isActive ? 'is-active' : '',
      attributes: { id: `completion-${index}`, role: 'option', 'aria-selected': String(isActive) },
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
