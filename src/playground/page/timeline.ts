/** The messages of the open channel: grouped, divided by days, kept in place while they are edited. */
import type { Message } from '../wire.ts';
import { type App, channelLabel, type View, wordsOf } from './app.ts';
import { isSameDay, longDate } from './clock.ts';
import { arrange, element } from './dom.ts';
import { dots, icon } from './icons.ts';
import { messageView, onlyYouNote, refreshMessage } from './message-view.ts';
import { isBotStarting, messagesOf, type SentCommand, type World } from './state.ts';
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

export class Timeline implements View {
  readonly element: HTMLElement;
  readonly #app: App;
  readonly #list = element('ol', { class: 'messages' });
  readonly #jump = element('button', {
    class: 'jump',
    attributes: { type: 'button', hidden: true },
    on: { click: () => this.#scrollDown() },
  });
  readonly #scroller = element(
    'div',
    {
      class: 'scroller',
      attributes: { role: 'log', tabindex: 0, 'aria-live': 'polite', 'aria-relevant': 'additions' },
    },
    this.#list,
  );
  #rows = new Map<string, Row>();
  #shownChannelId = '';
  #isAtBottom = true;

  constructor(app: App) {
    this.#app = app;
    this.element = element('div', { class: 'timeline' }, this.#scroller, this.#jump);
    this.#scroller.addEventListener('scroll', () => {
      const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
      this.#isAtBottom = scrollHeight - scrollTop - clientHeight < nearBottomPixels;
      this.#jump.hidden = this.#isAtBottom;
    });
    const follow = new ResizeObserver(() => {
      if (this.#isAtBottom) this.#scrollDown();
    });
    follow.observe(this.#scroller);
    follow.observe(this.#list);
  }

  render(): void {
    const { world, channelId } = this.#app.state;
    if (!world) return;
    if (channelId !== this.#shownChannelId) {
      this.#shownChannelId = channelId;
      this.#isAtBottom = true;
      this.#rows = new Map();
    }
    this.#renderRows(world);
    this.#scroller.setAttribute('aria-label', channelLabel(world, channelId));
    const label = wordsOf(this.#app).jumpToPresent;
    if (this.#jump.textContent !== label) this.#jump.replaceChildren(label, icon('down'));
    if (this.#isAtBottom) this.#scrollDown();
  }

  #renderRows(world: World): void {
    const wanted = new Map<string, Row>();
    placeRows(this.#app, world, (key, madeOf, make) => {
      const before = this.#rows.get(key);
      const isSame = before?.madeOf.every((part, index) => part === madeOf[index]);
      wanted.set(key, before && isSame ? before : { element: make(before), madeOf });
    });
    this.#rows = wanted;
    arrange(
      this.#list,
      [...wanted.values()].map((row) => row.element),
    );
  }

  #scrollDown(): void {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }
}

function placeRows(app: App, world: World, place: Place): void {
  const { language, channelId, newFrom, sentCommands, presses } = app.state;
  const messages = messagesOf(app.state, channelId);
  const names = namesOf(world);
  const byId = new Map(messages.map((message) => [message.id, message]));
  const channel = world.channels.get(channelId);
  place('welcome', [language, channel, world.commands, isBotStarting(world)], () => welcome(app, world));
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
