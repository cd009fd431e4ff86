/** What a bot suggests while a member types: read from its answer, and waited for. */
import type { SimulatedChoice } from '../face/command.ts';
import { fieldsOf } from '../payload/json.ts';
import type { Interaction, World } from '../world/state.ts';

/** Of an option's definition, or of an answer. */
export function toChoices(value: unknown): SimulatedChoice[] {
  const choices: readonly unknown[] = Array.isArray(value) ? value : [];
  return choices.map((choice) => {
    const { name, name_localizations: localizations, value: picked } = fieldsOf(choice);
    const names = Object.entries(fieldsOf(localizations)).map(([locale, text]) => [locale, String(text)]);
    return { name: String(name), nameLocalizations: Object.fromEntries(names), value: String(picked) };
  });
}

/** Rejects when the member's client would not ask, and when the bot does not answer in time. */
export async function awaitChoices(world: World, ask: () => Interaction): Promise<readonly SimulatedChoice[]> {
  const ended = Promise.withResolvers<void>();
  const interaction = ask();
  const stopObserving = world.events.observe((event) => {
    if (event.type === 'interaction-end' && event.interaction === interaction) ended.resolve();
  });
  try {
    await ended.promise;
  } finally {
    stopObserving();
  }
  if (interaction.choices === undefined) throw new Error('The bot suggested nothing in time.');
  return interaction.choices;
}
