/** The border where stored tool servers of guilds come in: bounds are checked again, since what is stored may be of another version, or made up. */
import { z } from 'zod';
import {
  type GuildServersDocument,
  longestHeader,
  longestToolName,
  longestUrl,
  mostServers,
  mostToolsOff,
  nameForm,
} from './guild-document.ts';

const entry = z.strictObject({
  name: z.string().regex(nameForm),
  url: z.url({ protocol: /^https?$/ }).max(longestUrl),
  header: z
    .strictObject({ name: z.string().min(1).max(longestHeader), value: z.string().max(longestHeader) })
    .exactOptional(),
  approval: z.literal('always').exactOptional(),
  toolsOff: z.array(z.string().max(longestToolName)).max(mostToolsOff),
  addedBy: z.string().max(20),
  addedAt: z.number(),
});

const document = z.strictObject({ version: z.literal(1), servers: z.array(entry).max(mostServers) });

/** Undefined for what is no such document. */
export function readGuildDocument(stored: unknown): GuildServersDocument | undefined {
  return document.safeParse(stored).data;
}
