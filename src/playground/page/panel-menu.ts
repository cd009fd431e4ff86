/** A menu of a message: a list that opens below what is chosen. One option is sent at once, several when the list is closed. */
import type { MenuOption, PanelPart } from '../wire.ts';
import { type App, wordsOf } from './app.ts';
import { element } from './dom.ts';

type Menu = PanelPart & { type: 'menu' };

export function panelMenu(app: App, messageId: string, menu: Menu): HTMLElement {
  return menu.least === 1 && menu.most === 1 ? oneOf(app, messageId, menu) : someOf(app, messageId, menu);
}

function oneOf(app: App, messageId: string, menu: Menu): HTMLElement {
  const { customId, options } = menu;
  const view = frame(
    menu,
    ...options.map((option) =>
      element(
        'button',
        {
          class: 'panel-option',
          attributes: { type: 'button', 'aria-pressed': String(option.isChosen) },
          on: {
            click() {
              view.open = false;
              if (!option.isChosen) app.actions.choose(messageId, customId, [option.value]);
            },
          },
        },
        ...words(option),
      ),
    ),
  );
  return view;
}

function someOf(app: App, messageId: string, menu: Menu): HTMLElement {
  const { customId, options, most } = menu;
  const boxes = options.map(({ isChosen, value }) => {
    const box = element('input', { attributes: { type: 'checkbox', value } });
    box.checked = isChosen;
    return box;
  });
  const chosen = () => boxes.filter(({ checked }) => checked).map(({ value }) => value);
  const before = chosen().join('\n');
  const view = frame(
    menu,
    element('small', {}, wordsOf(app).chooseSeveral),
    ...options.map((option, place) =>
      element('label', { class: 'panel-option' }, boxes[place], element('span', {}, ...words(option))),
    ),
  );
  view.addEventListener('input', () => {
    for (const box of boxes) box.disabled = !box.checked && chosen().length >= most;
  });
  view.addEventListener('toggle', () => {
    const values = chosen();
    if (!view.open && values.join('\n') !== before) app.actions.choose(messageId, customId, values);
  });
  return view;
}

/** Closed, it shows what is chosen. Escape closes it, and so does leaving it. */
function frame({ placeholder, options, isDisabled }: Menu, ...list: readonly HTMLElement[]): HTMLDetailsElement {
  const labels = options.filter(({ isChosen }) => isChosen).map(({ label }) => label);
  const shown = labels.length === 0 ? placeholder : labels.join(', ');
  const summary = element('summary', { attributes: { 'aria-label': `${placeholder}: ${labels.join(', ')}` } }, shown);
  const view = element(
    'details',
    { class: labels.length === 0 ? 'panel-menu is-empty' : 'panel-menu' },
    summary,
    element('div', { class: 'panel-options' }, ...list),
  );
  view.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !view.open) return;
    event.stopPropagation();
    view.open = false;
    summary.focus();
  });
  view.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !view.contains(relatedTarget)) view.open = false;
  });
  if (isDisabled) view.addEventListener('click', (event) => event.preventDefault());
  return view;
}

function words({ label, description }: MenuOption): HTMLElement[] {
  const name = element('span', {}, label);
  return description === '' ? [name] : [name, element('small', {}, description)];
}
