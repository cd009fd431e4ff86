/** The beginning of every channel: what this is, and what to try. */
import { type App, channelLabel, encodeMentions, wordsOf } from './app.ts';
import { element } from './dom.ts';
import { avatar, icon } from './icons.ts';
import { isBotStarting, type World } from './state.ts';

export function welcome(app: App, world: World): HTMLElement {
  const words = wordsOf(app);
  const channel = world.channels.get(app.state.channelId);
  const bot = world.members.get(world.botId);
  const isDm = channel?.kind === 'dm';
  const isGeneral = channel?.kind === 'text' && channel.name === 'general';
  const text = isDm
    ? words.welcomeDm(bot?.name ?? '')
    : channel?.kind === 'thread'
      ? words.welcomeThread
      : isGeneral
        ? words.welcomeGeneral
        : words.welcomeOther;
  const examples = channel?.kind === 'thread' ? words.threadExamples : words.examples;
  const picture = isDm && bot ? avatar(bot) : icon(channel?.kind === 'thread' ? 'thread' : 'hash');
  return element(
    'li',
    { class: 'welcome' },
    element('div', { class: 'welcome-picture' }, picture),
    element('h2', {}, isDm ? bot?.name : words.welcomeChannel(channelLabel(world, app.state.channelId))),
    element('p', {}, text),
    element('p', { class: 'try' }, words.tryThese),
    element(
      'div',
      { class: 'examples' },
      ...examples.map((example) => exampleButton(app, world, isDm ? example.replace(/^@\S+ /, '') : example)),
      world.commands.length > 0 &&
        element(
          'button',
          { class: 'example', attributes: { type: 'button' }, on: { click: () => app.actions.startCommand() } },
          element('span', { class: 'mention' }, words.commandExample),
          ` ${words.commandExampleHint}`,
        ),
    ),
  );
}

function exampleButton(app: App, world: World, example: string): HTMLElement {
  const [, mention, rest] = /^(@\S+)?(.*)$/s.exec(example) ?? [];
  const ask = (event: MouseEvent) => {
    // The second click of a double one.
    if (event.detail > 1) return;
    app.actions.send({
      type: 'say',
      channelId: app.state.channelId,
      content: encodeMentions(example, world),
      repliesTo: null,
      files: [],
    });
  };
  return element(
    'button',
    { class: 'example', attributes: { type: 'button', disabled: isBotStarting(world) }, on: { click: ask } },
    mention !== undefined && element('span', { class: 'mention' }, mention),
    rest,
  );
}
