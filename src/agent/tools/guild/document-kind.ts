/** How the tool servers of a guild are stored: the kind of document, and what reads it. */
import type { DocumentKind } from '../../document.ts';
import type { GuildServersDocument } from './guild-document.ts';

export const guildServerDocuments: DocumentKind<GuildServersDocument> = {
  name: 'guild-servers',
  loadReader: async () => (await import('./read-guild-document.ts')).readGuildDocument,
};
