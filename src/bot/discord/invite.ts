/** Where an admin adds the bot to a server, with the permissions it uses and no others. */
import { PermissionFlagsBits } from 'discord.js';

const { ViewChannel, SendMessages, SendMessagesInThreads, ReadMessageHistory, AttachFiles } = PermissionFlagsBits;

/**
 * What a request of the bot may lack, and what then becomes of it:
 * - ViewChannel: the bot is told nothing of the channel; SendMessages, SendMessagesInThreads: nothing can be shown there;
 * - ReadMessageHistory: answers are plain messages instead of replies, and missed questions are not found;
 * - AttachFiles: a line says that files were not taken.
 *
 * Not asked for: Embed Links (a link in an answer then has no preview), Manage Threads (who may write in an archived thread
 * may open it), Connect (voice channels have text too, and whoever may join one may read it: a channel's own setting).
 */
const permissions = ViewChannel | SendMessages | SendMessagesInThreads | ReadMessageHistory | AttachFiles;

export function toInviteUrl(applicationId: string): string {
  return `https://discord.com/oauth2/authorize?client_id=${applicationId}&scope=bot+applications.commands&permissions=${permissions}`;
}
