/** The list that opens above the composer while one types `@` or `/`. The focus stays in the text. */
import { element } from './dom.ts';

export interface Suggestion {
  readonly picture: Node;
  readonly label: string;
  readonly detail: string;
  readonly choose: () => void;
}

export interface Completion {
  readonly element: HTMLElement;
  readonly isOpen: boolean;
  /** An empty list closes it. */
  show(label: string, suggestions: readonly Suggestion[]): void;
  hide(): void;
  /** @returns whether the key was for the list. */
  takeKey(event: KeyboardEvent): boolean;
}

export function createCompletion(text: HTMLTextAreaElement): Completion {
  let suggestions: readonly Suggestion[] = [];
  let active = 0;
  const list = element('ul', { class: 'completion', attributes: { id: 'completion', role: 'listbox', hidden: true } });

  function render(label: string): void {
    list.hidden = suggestions.length === 0;
    list.setAttribute('aria-label', label);
    list.replaceChildren(
      ...suggestions.map(({ picture, label: name, detail, choose }, index) =>
        element(
          'li',
          {
            class: index === active ? 'is-active' : '',
            attributes: { id: `completion-${index}`, role: 'option', 'aria-selected': String(index === active) },
            on: {
              // Before the text loses the focus.
              mousedown: (event) => {
                event.preventDefault();
                choose();
              },
            },
          },
          picture,
          element('span', { class: 'label' }, name),
          element('small', {}, detail),
        ),
      ),
    );
    if (suggestions.length === 0) {
      text.removeAttribute('aria-controls');
      text.removeAttribute('aria-activedescendant');
    } else {
      text.setAttribute('aria-controls', list.id);
      text.setAttribute('aria-activedescendant', `completion-${active}`);
    }
  }

  function show(label: string, offered: readonly Suggestion[]): void {
    const isOther = offered.map((one) => one.label).join() !== suggestions.map((one) => one.label).join();
    if (isOther) active = 0;
    suggestions = offered;
    render(label);
  }

  return {
    element: list,
    get isOpen() {
      return suggestions.length > 0;
    },
    show,
    hide: () => show('', []),
    takeKey(event) {
      if (suggestions.length === 0) return false;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step !== undefined) {
        active = (active + step + suggestions.length) % suggestions.length;
        render(list.getAttribute('aria-label') ?? '');
      } else if ((event.key === 'Enter' && !event.shiftKey) || (event.key === 'Tab' && !event.shiftKey)) {
        suggestions[active]?.choose();
      } else if (event.key === 'Escape') {
        show('', []);
      } else {
        return false;
      }
      event.preventDefault();
      return true;
    },
  };
}
