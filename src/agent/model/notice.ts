/** What the operator should know of the model: that nobody has it, or that it will soon be switched off. */
import type { ModelConfig } from '../../config/types.ts';
import { isOnOpenai } from './openai-server.ts';
import { familyOf } from './prices.ts';

export type ModelNotice =
  | { readonly type: 'model-unknown'; readonly model: string }
  | {
      readonly type: 'model-retires';
      readonly model: string;
      /** As `2027-01-14`. */
      readonly date: string;
      /** What to set instead, as it is written in `.env`; undefined when nobody has said. */
      readonly instead: string | undefined;
    };

const noticeDays = 120;

/** Announced by OpenAI on 2026-10-14. The successor takes tools on chat completions only without reasoning. */
const retirements: Readonly<Record<string, { readonly date: string; readonly instead: string }>> = {
  'gpt-4o': { date: '2027-01-14', instead: 'OPENAI_MODEL=gpt-6-luna OPENAI_REASONING_EFFORT=none' },
};

/** The line for the log. */
export function toAdvice(notice: ModelNotice): string {
  if (notice.type === 'model-unknown')
    return 'The server does not know this model. Set OPENAI_MODEL to one that it lists.';
  const instead = notice.instead ?? 'OPENAI_MODEL to its successor';
  return `The model is switched off on ${notice.date}. Before that, set ${instead}.`;
}

/** @param date As the server says. Without it, what is known of OpenAI's own models counts, on OpenAI's own server. */
export function toRetirement(
  { name, baseUrl }: Pick<ModelConfig, 'name' | 'baseUrl'>,
  date: string | undefined,
  now: number,
): ModelNotice | undefined {
  const known = retirements[familyOf(name)];
  const day = date ?? (isOnOpenai({ baseUrl }) ? known?.date : undefined);
  if (day === undefined || !(Date.parse(day) - now < noticeDays * 86_400_000)) return undefined;
  return { type: 'model-retires', model: name, date: day, instead: known?.instead };
}
