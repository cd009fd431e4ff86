/** What of the application's own settings at Discord the operator should know. */
import type { Client } from 'discord.js';
import type { Logger } from '../../log.ts';

export interface WarnOptions {
  /** Whether whoever can reach the bot may ask it. */
  readonly isOpen: boolean;
  /** Whether it is handed what Discord posts. */
  readonly hearsPosted: boolean;
  readonly log: Logger;
}

const publicAdvice =
  'Anybody may add this bot to a server and ask it. Set ALLOWED_GUILDS, ALLOWED_USERS or ALLOWED_ROLES, or switch ' +
  '"Public Bot" off at https://discord.com/developers/applications (your application → Bot)';
const elsewhereAdvice =
  'Discord posts commands and presses to this address, and nobody listens here: none of them arrives. Set INTERACTIONS_PORT, or empty ' +
  '"Interactions Endpoint URL" at https://discord.com/developers/applications (your application → General Information)';

/** Never rejects. */
export async function warnOfApplication(
  { application }: Client<true>,
  { isOpen, hearsPosted, log }: WarnOptions,
): Promise<void> {
  try {
    const { botPublic, interactionsEndpointURL: endpointUrl } = await application.fetch();
    // Anybody may add a public bot to a server of their own, and ask it there.
    if (isOpen && botPublic === true) log.warn('bot-public', { advice: publicAdvice });
    if (!hearsPosted && endpointUrl !== null && endpointUrl !== '')
      log.error('interactions-elsewhere', { endpointUrl, advice: elsewhereAdvice });
  } catch (error) {
    log.debug('application-not-read', { error });
  }
}
