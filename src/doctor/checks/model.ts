/** Whether the model answers, with this key and these settings, and whether it will go on doing so. */
import type { ModelTrial } from '../../agent/model/inspect-model.ts';
import { type Check, type CheckContext, isBad, skipped } from '../check.ts';
import type { Finding } from '../finding.ts';

export const checkModel =
  (trial: Promise<ModelTrial>): Check =>
  async (context) => {
    const { config, words } = context;
    if (hasNoModel(context)) return skipped(words);
    const { name } = config.model;
    const { failure, durationMs, notices } = await trial;
    if (failure !== undefined) {
      const advice = words.modelTodo[failure.code] ?? words.modelTodoElse;
      return [{ status: 'problem', text: words.modelFails(name, failure.reason), advice }];
    }
    const answers: Finding = { status: 'ok', text: words.modelFine(name, (durationMs / 1000).toFixed(1)) };
    return [
      answers,
      ...notices.map((notice): Finding => {
        if (notice.type === 'model-replaced') return { status: 'warning', text: words.modelReplaced(name, notice.by) };
        if (notice.type === 'model-unknown') return { status: 'warning', text: words.modelUnlisted(name) };
        const text = words.modelRetires(name, notice.date, notice.instead);
        // What nobody has chosen is replaced by itself.
        return { status: config.model.isDefault ? 'ok' : 'warning', text };
      }),
    ];
  };

/** Whether its settings are too bad to try it. */
export function hasNoModel(context: Pick<CheckContext, 'problems'>): boolean {
  return isBad(context, 'OPENAI_API_KEY', 'OPENAI_BASE_URL');
}
