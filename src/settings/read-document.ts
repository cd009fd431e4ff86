/** The border where stored settings come in: bounds are checked again, since what is stored may be of another version, or made up. */
import { z } from 'zod';
import {
  languages,
  longestInstructions,
  longestName,
  mostIds,
  mostNames,
  noticeStyles,
  settingNames,
} from './layer.ts';
import { mostChanges, type ScopeDocument } from './scope-document.ts';

const ids = z.array(z.string().regex(/^\d{1,20}$/)).max(mostIds);
const name = z.string().min(1).max(longestName);
const names = z.array(name).max(mostNames);

export const approvalSchema = z.strictObject({
  when: z.enum(['destructive', 'always']),
  notAsker: z.literal(true).exactOptional(),
});

const layer = z.strictObject({
  language: z.enum(languages).exactOptional(),
  instructions: z.string().min(1).max(longestInstructions).exactOptional(),
  model: name.exactOptional(),
  tools: z.strictObject({ servers: names, tools: names }).exactOptional(),
  approval: approvalSchema.exactOptional(),
  notices: z.enum(noticeStyles).exactOptional(),
  private: z.boolean().exactOptional(),
  threads: z.boolean().exactOptional(),
  access: z
    .strictObject({ allowedRoles: ids, deniedRoles: ids, allowedChannels: ids, deniedChannels: ids })
    .exactOptional(),
});

const change = z.strictObject({
  at: z.number(),
  by: z.string().max(20),
  setting: z.enum(settingNames),
  to: z.string().max(100).exactOptional(),
});

/** A later version has another number, and is set aside, not guessed at. */
const document = z.strictObject({ version: z.literal(1), layer, changes: z.array(change).max(mostChanges) });

/** Undefined for what is no such document. */
export function readDocument(stored: unknown): ScopeDocument | undefined {
  return document.safeParse(stored).data;
}
