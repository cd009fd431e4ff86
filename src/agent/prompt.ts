/** From records to the messages that the model is sent: every tool call with exactly one tool message, roles in turn. */
import type { ChatMessage } from './messages.ts';
import { toValidName } from './tools/tool-names.ts';
import { type ModelStep, resultOf, type ToolCall, type Turn } from './turn.ts';

const builtInPrompt = `You are Jupan, a Discord bot that reasons with tools.
Several people talk to you in one channel; every question starts with its author's name and a colon. Do not put a name before your answers.
Use the tools for every calculation, however small; never compute in your head. Copy numbers from tool results to the letter, with all their digits.
If the tools cannot do it or cannot be reached, say so instead of guessing.
Answer briefly, in the language of the question.`;

/** What all steps of a turn share: the system prompt and the ended turns before it. */
export function toPrefix(systemPrompt: string | undefined, history: readonly Turn[]): ChatMessage[] {
  return [{ role: 'system', content: systemPrompt ?? builtInPrompt }, ...history.flatMap(toMessages)];
}

/** One turn so far. An ended one always closes with words of the assistant, so that the next question follows an answer. */
export function toMessages({ question, steps, end }: Turn): ChatMessage[] {
  const asked = `${question.authorName}: ${question.text}`.toWellFormed();
  const messages: ChatMessage[] = [{ role: 'user', content: asked }];
  for (const step of steps) messages.push(...toStepMessages(step));
  const last = steps.at(-1);
  const isAnswered = last !== undefined && last.calls.length === 0 && last.text !== '';
  if (end !== undefined && !isAnswered) {
    const reason = end.type === 'failed' ? end.code : 'no words';
    messages.push({ role: 'assistant', content: `(This question got no answer: ${reason}.)` });
  }
  return messages;
}

function toStepMessages(step: ModelStep): ChatMessage[] {
  if (step.calls.length === 0) return step.text === '' ? [] : [{ role: 'assistant', content: step.text }];
  return [
    {
      role: 'assistant',
      content: step.text === '' ? null : step.text,
      tool_calls: step.calls.map((call) => ({
        id: call.id,
        type: 'function',
        function: { name: toValidName(call.name), arguments: toValidArguments(call) },
      })),
    },
    ...step.calls.map((call): ChatMessage => {
      const content = resultOf(step, call)?.text ?? 'The call was interrupted; there is no result.';
      return { role: 'tool', tool_call_id: call.id, content };
    }),
  ];
}

/** To the letter, unless it is no JSON at all: some servers refuse such a conversation for ever. The result tells the model what was wrong. */
function toValidArguments(call: ToolCall): string {
  try {
    JSON.parse(call.arguments);
    return call.arguments;
  } catch {
    return '{}';
  }
}
