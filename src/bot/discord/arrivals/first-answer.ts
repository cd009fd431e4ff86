/** What a process says to an interaction that another one answers: that it is being worked on, or is to be used again. */
import { DefaultRestOptions, InteractionResponseType, InteractionType, MessageFlags, REST, Routes } from 'discord.js';
import type { Agent } from '../../../agent/agent.ts';
import type { AccessConfig, DiscordConfig } from '../../../config/types.ts';
import type { Logger } from '../../../log.ts';
import type { OperatorSettings } from '../../../settings/resolve.ts';
import { resolvesWithin } from '../../../waiting.ts';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import { mayAsk } from '../access.ts';
import { otherCommands } from '../controls.ts';
import { StoredSettings } from '../settings/stored-settings.ts';
import type { Audience, RawInteraction } from './arrival.ts';
import { deferralOf } from './deferral.ts';

export interface FirstAnswerOptions {
  readonly discord: Pick<DiscordConfig, 'token' | 'apiUrl'>;
  readonly agent: Promise<Agent>;
  readonly settings: OperatorSettings;
  readonly access: AccessConfig;
  /** Awaited before every request. Rejects when another process has taken over, or the signal aborts. */
  readonly mayPost: (signal: AbortSignal) => Promise<void>;
  readonly log: Logger;
}

const settingsWithinMs = 500;
const requestMs = 1_000;
const otherCommandNames = otherCommands.map(({ definition }) => definition.name);

export class FirstAnswer {
  readonly #options: FirstAnswerOptions;
  readonly #rest: REST;

  constructor(options: FirstAnswerOptions) {
    const { apiUrl: api, token } = options.discord;
    this.#options = options;
    this.#rest = new REST({ ...DefaultRestOptions, api, retries: 0 }).setToken(token);
  }

  /** Whether what answers it can take the place of «thinking». */
  mayThink(interaction: RawInteraction): boolean {
    return deferralOf(interaction, otherCommandNames).type !== 'not';
  }

  /** Who is to see the answer to it. Where nobody can tell now, only whoever asks. */
  async audienceOf(interaction: RawInteraction): Promise<Audience> {
    const deferral = deferralOf(interaction, otherCommandNames);
    if (deferral.type !== 'asked') return 'asker';
    const { agent, settings: operator, access, log } = this.#options;
    const { asker, place, isPrivate } = deferral;
    if (isPrivate === true || !mayAsk(access, asker)) return 'asker';
    if (isPrivate === false) return 'all';
    const settings = new StoredSettings({ documents: (await agent).documents, operator, log });
    const placing = settings.placing(place);
    return (await resolvesWithin(placing, settingsWithinMs)) && !(await placing).private ? 'all' : 'asker';
  }

  /** Shows «thinking». */
  async think(interaction: RawInteraction, audience: Audience): Promise<void> {
    const data = audience === 'asker' ? { data: { flags: MessageFlags.Ephemeral } } : {};
    await this.#respond(interaction, { type: InteractionResponseType.DeferredChannelMessageWithSource, ...data });
  }

  /** To whoever used it, alone. Somebody who types is suggested nothing. */
  async sayAgain(interaction: RawInteraction): Promise<void> {
    const { replies } = catalogues[toLanguage(String(interaction.locale))];
    const isTyping = interaction.type === InteractionType.ApplicationCommandAutocomplete;
    const response = isTyping
      ? { type: InteractionResponseType.ApplicationCommandAutocompleteResult, data: { choices: [] } }
      : {
          type: InteractionResponseType.ChannelMessageWithSource,
          data: { content: replies.moving, flags: MessageFlags.Ephemeral },
        };
    await this.#respond(interaction, response);
  }

  /** Lets go of the timers behind it. */
  close(): void {
    this.#rest.clearHashSweeper();
    this.#rest.clearHandlerSweeper();
  }

  async #respond({ id, token }: RawInteraction, body: object): Promise<void> {
    const signal = AbortSignal.timeout(requestMs);
    await this.#options.mayPost(signal);
    await this.#rest.post(Routes.interactionCallback(id, String(token)), { body, auth: false, signal });
  }
}
