/** What tool servers offered when they were last heard of, kept beside the turns: a start does not take their commands away until they are up. */
import type { Agent } from '../../../agent/agent.ts';
import type { OfferedPrompt, ServerContent } from '../../../agent/offered-content.ts';
import type { JsonValue } from '../../../agent/turn.ts';
import { isRecord } from '../../../json.ts';

const key = 'offered-content';

/** Empty where nothing is kept. Rejects when the store cannot be read. */
export async function recallContent(agent: Pick<Agent, 'recall'>): Promise<ServerContent[]> {
  const kept = await agent.recall(key);
  return Array.isArray(kept) ? kept.flatMap((entry: unknown) => toContent(entry) ?? []) : [];
}

export async function rememberContent(
  agent: Pick<Agent, 'remember'>,
  content: readonly ServerContent[],
): Promise<void> {
  const kept: JsonValue = content.map(({ server, prompts, hasResources, completes }) => ({
    server,
    prompts: prompts.map((prompt) => ({
      ...prompt,
      arguments: prompt.arguments.map((argument) => ({ ...argument })),
    })),
    hasResources,
    completes,
  }));
  await agent.remember(key, kept);
}

function toContent(value: unknown): ServerContent | undefined {
  if (!isRecord(value) || typeof value.server !== 'string') return undefined;
  const prompts = listOf(value.prompts).flatMap((prompt) => toPrompt(prompt) ?? []);
  return {
    server: value.server,
    prompts,
    hasResources: value.hasResources === true,
    completes: value.completes === true,
  };
}

function toPrompt(value: unknown): OfferedPrompt | undefined {
  if (!isRecord(value) || typeof value.name !== 'string') return undefined;
  return {
    name: value.name,
    title: String(value.title ?? ''),
    description: String(value.description ?? ''),
    arguments: listOf(value.arguments)
      .filter(isRecord)
      .map(({ name, description, isRequired }) => ({
        name: String(name ?? ''),
        description: String(description ?? ''),
        isRequired: isRequired === true,
      })),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
