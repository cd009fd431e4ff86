/** Writes `jupan.schema.json`, which editors complete the file of JUPAN_CONFIG from. */
import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { operatorSchema } from '../src/config/operator-schema.ts';

export function toSchemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(operatorSchema), undefined, 2)}\n`;
}

if (import.meta.main) writeFileSync('jupan.schema.json', toSchemaText());
