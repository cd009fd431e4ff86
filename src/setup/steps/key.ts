/** Who runs the model, the key, and whether that server takes it. */
import type { Changes, StepContext } from './step.ts';

export interface Provider {
  readonly changes: Changes;
  /** Empty where the server has no list. */
  readonly models: readonly string[];
}

export async function askKey(context: StepContext): Promise<Provider> {
  const { console, words, trials, old } = context;
  for (;;) {
    const baseUrl = await askBaseUrl(context);
    if (baseUrl === undefined) console.say(words.keyHow);
    const had = old.OPENAI_API_KEY ?? '';
    const hint = had !== '' ? words.keepsOld : baseUrl === undefined ? undefined : words.keyMayBeEmpty;
    const typed = await console.secret({
      message: hint === undefined ? words.key : `${words.key} (${hint})`,
      check: (value) =>
        value === '' && hint === undefined
          ? words.needed
          : trials.problemOf('OPENAI_API_KEY', { OPENAI_API_KEY: value, OPENAI_BASE_URL: baseUrl }),
    });
    const key = typed === '' ? had : typed;
    const changes = { OPENAI_API_KEY: key === '' ? undefined : key, OPENAI_BASE_URL: baseUrl };
    console.step(words.checking);
    const list = await trials.models(changes);
    if (list.type === 'listed') {
      console.good(words.keyFine(list.names.length));
      return { changes, models: list.names };
    }
    if (list.type === 'unlisted') {
      console.say(words.noList);
      return { changes, models: [] };
    }
    console.bad(words.keyFails(list.reason));
  }
}

/** Undefined: OpenAI's. */
async function askBaseUrl({ console, words, trials, old }: StepContext): Promise<string | undefined> {
  const had = old.OPENAI_BASE_URL ?? '';
  const choices = [
    { value: 'openai', label: words.providerOpenai },
    { value: 'other', label: words.providerOther },
  ] as const;
  const provider = await console.choose(words.provider, choices, had === '' ? 'openai' : 'other');
  if (provider === 'openai') return undefined;
  const check = (value: string) => {
    const isBad = trials.problemOf('OPENAI_BASE_URL', { OPENAI_BASE_URL: value === '' ? had : value }) !== undefined;
    return isBad || (value === '' && had === '') ? words.baseUrlWrong : undefined;
  };
  const message = had === '' ? words.baseUrl : `${words.baseUrl} (${words.keepsOld})`;
  const typed = await console.text({ message, check });
  return typed === '' ? had : typed;
}
