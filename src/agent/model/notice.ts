/** What the operator should know of the model: that nobody has it, that it will soon be switched off, or that another took its place. */
import type { ModelConfig } from '../../config/types.ts';
import { isOnOpenai } from './openai-server.ts';
import { familyOf } from './prices.ts';
import { successorSettings } from './successor.ts';

export type ModelNotice =
  | { readonly type: 'model-unknown'; readonly model: string }
  /** The server did not know the default any more; `by` is asked from now on. */
  | { readonly type: 'model-replaced'; readonly model: string; readonly by: string }
  | {
      readonly type: 'model-retires';
      readonly model: string;
      /** As `2027-01-14`. */
      readonly date: string;
      /** What to set instead, as it is written in `.env`; undefined when nobody has said. */
      readonly instead: string | undefined;
    };

const noticeDays = 120;

/** By OpenAI, announced on 2026-10-14. */
const retirements: Readonly<Record<string, string>> = { 'gpt-4o': '2027-01-14' };

/** The line for the log. */
export function toAdvice(notice: ModelNotice): string {
  if (notice.type === 'model-unknown')
    return 'The server does not know this model. Set OPENAI_MODEL to one that it lists.';
  if (notice.type === 'model-replaced')
    return `The server does not know ${notice.model} any more, so ${notice.by} is asked instead. Set OPENAI_MODEL to choose yourself.`;
  const instead = notice.instead ?? 'OPENAI_MODEL to its successor';
  return `The model is switched off on ${notice.date}. Before that, set ${instead}.`;
}

/** @param date As the server says. Without it, what is known of OpenAI's own models counts, on OpenAI's own server. */
export function toRetirement(
  { name, baseUrl }: Pick<ModelConfig, 'name' | 'baseUrl'>,
  date: string | undefined,
  now: number,
): ModelNotice | undefined {
  const day = date ?? (isOnOpenai({ baseUrl }) ? retirements[familyOf(name)] : undefined);
  if (day === undefined || !(Date.parse(day) - now < noticeDays * 86_400_000)) return undefined;
  return { type: 'model-retires', model: name, date: day, instead: successorSettings(name) };
}
