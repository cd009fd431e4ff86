/** The messages of the open channel: grouped, divided by days, kept in place while they are edited. */
import type { Message } from '../wire.ts';
import { type App, channelLabel, type View, wordsOf } from './app.ts';
import { isSameDay, longDate } from './clock.ts';
import { arrange, element } from './dom.ts';
import { dots, icon } from './icons.ts';
import { messageView, onlyYouNote, refreshMessage } from './message-view.ts';
import { messagesOf, type SentCommand, type World } from './state.ts';
import { welcome } from './welcome.ts';

/** A row and all that it was made of: made anew when one of these has changed. */
interface Row {
  readonly element: HTMLElement;
  readonly madeOf: readonly unknown[];
}

/** Puts the row with that key in its place; `make` may mend the one that stood there until now. */
type Place = (key: string, madeOf: readonly unknown[], make: (before: Row | undefined) => HTMLElement) => void;

/** Messages of one author stay together this long. */
const groupedWithinMs = 7 * 60_000;
const nearBottomPixels = 60;

export function createTimeline(app: App): View {
  let rows = new Map<string, Row>();
  let shownChannelId = '';
  let isAtBottom = true;
  const list = element('ol', { class: 'messages' });
  const jump = element('button', {
    class: 'jump',
    attributes: { type: 'button', hidden: true },
    on: { click: () => scrollDown() },
  });
  const scroller = element(
    'div',
    {
      class: 'scroller',
      attributes: { role: 'log', tabindex: 0, 'aria-live': 'polite', 'aria-relevant': 'additions' },
    },
    list,
  );
  const view = element('div', { class: 'timeline' }, scroller, jump);

  scroller.addEventListener('scroll', () => {
    isAtBottom = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < nearBottomPixels;
    jump.hidden = isAtBottom;
  });
  const follow = new ResizeObserver(() => {
    if (isAtBottom) scrollDown();
  });
  follow.observe(scroller);
  follow.observe(list);

  function scrollDown(): void {
    scroller.scrollTop = scroller.scrollHeight;
  }

  function render(): void {
    const { world, channelId } = app.state;
    if (!world) return;
    if (channelId !== shownChannelId) {
      shownChannelId = channelId;
      isAtBottom = true;
      rows = new Map();
    }
    const wanted = new Map<string, Row>();
    const place: Place = (key, madeOf, make) => {
      const kept = rows.get(key);
      const isSame = kept?.madeOf.every((part, index) => part === madeOf[index]);
      wanted.set(key, kept && isSame ? kept : { element: make(kept), madeOf });
    };
    placeRows(app, world, place);
    rows = wanted;
    arrange(
      list,
      [...rows.values()].map((row) => row.element),
    );
    scroller.setAttribute('aria-label', channelLabel(world, channelId));
    const label = wordsOf(app).jumpToPresent;
    if (jump.textContent !== label) jump.replaceChildren(label, icon('down'));
    if (isAtBottom) scrollDown();
  }

  return { element: view, render };
}

function placeRows(app: App, world: World, place: Place): void {
  const { language, channelId, newFrom, sentCommands, presses } = app.state;
  const messages = messagesOf(app.state, channelId);
  const names = namesOf(world);
  const byId = new Map(messages.map((message) => [message.id, message]));
  const channel = world.channels.get(channelId);
  place('welcome', [language, channel, world.commands], () => welcome(app, world));
  let before: Message | undefined;
  for (const message of messages) {
    const isNewDay = !before || !isSameDay(before.createdAt, message.createdAt);
    if (isNewDay) place(`day-${message.id}`, [language], () => divider('day', longDate(message.createdAt, language)));
    if (message.id === newFrom) place('new', [language], () => divider('new', wordsOf(app).newMessages));
    const isCompact = !isNewDay && message.id !== newFrom && before !== undefined && goesOn(before, message);
    const original = message.repliesTo === null ? undefined : byId.get(message.repliesTo);
    const frame = [isCompact, original?.content, language, names];
    place(message.id, [...frame, message, presses.get(message.id)], (row) => {
      const isOnlyEdited = row && frame.every((part, index) => part === row.madeOf[index]);
      if (!isOnlyEdited) return messageView(app, world, message, isCompact);
      refreshMessage(app, world, row.element, message);
      return row.element;
    });
    before = message;
  }
  for (const sent of sentCommands.filter((command) => command.channelId === channelId)) {
    place(`command-${sent.requestId}`, [sent.outcome, language], () => sentCommandView(app, sent));
  }
}

function goesOn(before: Message, message: Message): boolean {
  const isSameAnswer = message.interaction !== null && message.interaction.id === before.interaction?.id;
  return (
    before.author.id === message.author.id &&
    message.createdAt - before.createdAt < groupedWithinMs &&
    (isSameAnswer || (message.repliesTo === null && message.interaction === null))
  );
}

/** Mentions show names: a new name makes messages anew, somebody's coming and going does not. */
function namesOf(world: World): string {
  return [...world.members.values()].map(({ id, name }) => `${id}${name}`).join();
}

function divider(kind: 'day' | 'new', label: string): HTMLElement {
  return element('li', { class: `divider is-${kind}` }, element('span', {}, label));
}

/** Where the answer to a slash command will stand, seen by its sender alone. */
function sentCommandView(app: App, { requestId, command, outcome }: SentCommand): HTMLElement {
  const words = wordsOf(app);
  const label = {
    waiting: words.commandWaiting(command),
    silent: words.commandSilent,
    refused: words.commandRefused(command),
  }[outcome];
  return element(
    'li',
    { class: outcome === 'waiting' ? 'local-note' : 'local-note is-failed' },
    outcome === 'waiting' && dots(),
    element('span', {}, label),
    outcome !== 'waiting' && onlyYouNote(app, () => app.actions.dismissCommand(requestId)),
  );
}
