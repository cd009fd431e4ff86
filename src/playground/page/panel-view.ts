/** A message that the bot has laid out: texts, buttons beside them, and menus. */
import type { Message, PanelPart } from '../wire.ts';
import { type App, mentionableIn } from './app.ts';
import { element } from './dom.ts';
import { renderMarkdown } from './markdown.ts';
import { buttonRow, buttonView, pressFailure } from './message-buttons.ts';
import { panelMenu } from './panel-menu.ts';
import type { World } from './state.ts';

export function panelView(app: App, world: World, { id, panel }: Message): HTMLElement {
  return element('div', { class: 'panel' }, ...panel.map((part) => partView(app, world, id, part)), pressFailure());
}

function partView(app: App, world: World, messageId: string, part: PanelPart): HTMLElement {
  switch (part.type) {
    case 'line':
      return element('hr');
    case 'buttons':
      return buttonRow(app, messageId, part.buttons);
    case 'menu':
      return panelMenu(app, messageId, part);
    case 'text': {
      const text = element('div', { class: 'content' }, ...renderMarkdown(part.content, mentionableIn(world)));
      if (part.button === null) return text;
      return element('div', { class: 'panel-section' }, text, buttonView(app, messageId, part.button));
    }
  }
}
