/** A guild adds a tool server, switches its tool off, and removes it: what was confirmed holds, and nothing goes back. */
import { Panel } from '../../../support/panel.ts';
import type { Actor } from '../actor.ts';
import type { Story, StoryQuestion } from '../stories.ts';
import { feature, numberOf, withCall } from './feature-story.ts';

/** How far it has come, as the store says. */
const stages = ['not there', 'added', 'switched off', 'removed'] as const;
type Stage = (typeof stages)[number];

function stageOf(actor: Actor, name: string, before: Stage): Stage {
  const { guild } = actor.channel;
  const document = actor.world.record.all('document').get(`guild-servers:${guild?.id}`);
  const servers: readonly { readonly name: string; readonly toolsOff: readonly string[] }[] =
    Object(document).servers ?? [];
  const entry = servers.find((server) => server.name === name);
  if (entry === undefined) return before === 'not there' ? before : 'removed';
  return entry.toolsOff.length === 0 ? 'added' : 'switched off';
}

/** At every look the store is no further back than before, and no further back than what was confirmed. */
class Progress {
  readonly #actor: Actor;
  readonly #name: string;
  #seen: Stage = 'not there';
  #confirmed: Stage = 'not there';
  #breach: string | undefined;

  constructor(actor: Actor, name: string) {
    this.#actor = actor;
    this.#name = name;
    actor.fact(() => this.look());
  }

  confirm(stage: Stage): void {
    this.#confirmed = stage;
    this.look();
  }

  readonly look = (): string | undefined => {
    const now = stageOf(this.#actor, this.#name, this.#seen);
    const least = [this.#seen, this.#confirmed].map((stage) => stages.indexOf(stage));
    if (stages.indexOf(now) < Math.max(...least))
      this.#breach ??= `${this.#name} is ${now} after it was seen as ${this.#seen} and confirmed as ${this.#confirmed}`;
    this.#seen = now;
    return this.#breach;
  };
}

async function play(actor: Actor): Promise<void> {
  const { world, channel } = actor;
  const { guild } = channel;
  const admin = actor.createUser('admin');
  guild?.giveRole(admin, guild.createRole(`Managers ${actor.number}`, { permissions: ['ManageGuild'] }));
  const name = `s${actor.number}`;
  const path = `/mcp/${name}`;
  const progress = new Progress(actor, name);
  const address = actor.features.clubUrl.replace(/\/mcp$/, path);
  /** Opens the panel, does it, and hands on what the panel says then. */
  const use = (deed: (panel: Panel) => Promise<string>) => async () => {
    const panel = await Panel.open(channel, admin, 'servers');
    said = await deed(panel);
  };
  let said = '';
  const wasFetched = ({ label }: StoryQuestion) =>
    world.doneCalls.some((done) => done.tool === `here_${name}_fetch` && done.label === label);
  const settle = async (question: StoryQuestion) => {
    await actor.settled(question, progress.look);
    return wasFetched(question);
  };

  await actor.insist(
    'the server is added',
    () => said.includes(`**${name}** –`),
    use(async (panel) => {
      const isThere = panel.text.includes(`**${name}** –`);
      return isThere ? panel.text : await panel.fillIn('servers:add', { name, address, header: '' });
    }),
  );
  progress.confirm('added');
  await actor.asksUntil('what was added is used', wasFetched);

  await actor.insist(
    'the tool is switched off',
    () => said.includes('1 switched off'),
    use(async (panel) => {
      const opened = await panel.choose('servers:open', name);
      return opened.includes('1 switched off') ? opened : await panel.choose(`servers:off:${name}:0`, 'fetch');
    }),
  );
  progress.confirm('switched off');
  if (await settle(actor.says())) throw new Error('A tool was used that is switched off.');

  await actor.insist(
    'the server is removed',
    () => said !== '' && !said.includes(`**${name}** –`) && !said.includes(`here/${name}`),
    use(async (panel) => {
      if (!panel.text.includes(`**${name}** –`)) return panel.text;
      await panel.choose('servers:open', name);
      await panel.press(`servers:remove:${name}`);
      return await panel.press(`servers:gone:${name}`);
    }),
  );
  const removedAt = performance.now();
  progress.confirm('removed');
  actor.fact(() => {
    // A session is said goodbye to.
    const later = actor.features.clubRequests.filter(
      (request) => request.path === path && request.at > removedAt && !request.method.startsWith('DELETE'),
    );
    return later.length === 0 ? undefined : `${name} was sent ${later[0]?.method} after it was removed`;
  });
  if (await settle(actor.says())) throw new Error('A tool was used of a server that is removed.');
  const decided = await actor.decisions(({ server }) => server === `here/${name}`);
  for (const what of ['added', 'changed', 'removed'] as const) {
    const { length } = decided.filter((entry) => entry.what === what);
    if (length === 0 || length > actor.deaths + 1)
      throw new Error(`It is in the log ${length} times that ${name} was ${what}, in ${actor.deaths + 1} lives.`);
  }
}

export const guildServerStories: readonly Story[] = [
  feature(
    'servers',
    withCall(({ label }) => ({ name: `here_s${numberOf(label)}_fetch` })),
    play,
    { refusals: /^There is no tool named|is switched off here|was removed/ },
  ),
];
