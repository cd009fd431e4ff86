/** Which model answers: of those that the server lists, tried with one word. */
import type { Provider } from './key.ts';
import type { Changes, StepContext } from './step.ts';

export interface ChosenModel {
  readonly changes: Changes;
  /** Whether it is known what it costs. */
  readonly hasPrice: boolean;
}

/** What is asked where nothing is set, and what takes its place: left unset, the one goes over into the other by itself. */
const defaults = ['gpt-4o', 'gpt-6-luna'];
/** Values of choices that are no names. */
const [recommended, other] = ['(default)', '(other)'];

export async function askModel(context: StepContext, { changes: provider, models }: Provider): Promise<ChosenModel> {
  const { console, words, trials } = context;
  for (;;) {
    const name = await askName(context, models);
    const changes = { OPENAI_MODEL: name };
    console.step(words.checking);
    const trial = await trials.model({ ...provider, ...changes });
    if (trial.failure === undefined) {
      const replaced = trial.notices.find(({ type }) => type === 'model-replaced');
      const answering = replaced?.type === 'model-replaced' ? replaced.by : trial.name;
      console.good(words.modelFine(answering, (trial.durationMs / 1000).toFixed(1)));
      return { changes, hasPrice: trial.prices !== undefined };
    }
    console.bad(words.modelFails(trial.name, trial.failure.reason));
    // What is wrong may be gone by the time the bot is started: an account without money, a busy server.
    if (await console.confirm(words.useAnyway, false)) return { changes, hasPrice: trial.prices !== undefined };
  }
}

/** Undefined: the default. */
async function askName({ console, words, old }: StepContext, models: readonly string[]): Promise<string | undefined> {
  if (models.length === 0) return await typeName();
  const usual = defaults.find((name) => models.includes(name));
  const had = old.OPENAI_MODEL ?? '';
  const chosen = await console.choose<string>(
    words.model,
    [
      ...(usual === undefined ? [] : [{ value: recommended, label: usual, hint: words.modelRecommended }]),
      ...models.filter((name) => name !== usual).map((name) => ({ value: name, label: name })),
      { value: other, label: words.modelOther },
    ],
    models.includes(had) ? had : undefined,
  );
  if (chosen === recommended) return undefined;
  return chosen === other ? await typeName() : chosen;

  async function typeName(): Promise<string> {
    return await console.text({
      message: words.modelName,
      check: (value) => (value === '' ? words.needed : undefined),
    });
  }
}
