/** Whether commands and presses arrive: Discord tells them over the gateway, or posts them to an address, and never both. */
import { type Check, skipped } from '../check.ts';

const answersWithinMs = 3_000;

export const checkInteractions: Check = async ({ discord, config, words, signal }) => {
  const looked = await discord;
  if (looked.type !== 'seen') return skipped(words);
  const { endpointUrl } = looked.application;
  const isOpen = config.interactions.port !== undefined;
  if (endpointUrl === undefined) {
    return isOpen
      ? [{ status: 'warning', text: words.interactionsUnset, advice: words.interactionsUnsetTodo }]
      : [{ status: 'ok', text: words.interactionsByGateway }];
  }
  if (!isOpen) {
    const advice = words.interactionsElsewhereTodo;
    return [{ status: 'problem', text: words.interactionsElsewhere(endpointUrl), advice }];
  }
  const fault = await faultOf(endpointUrl, signal);
  if (fault === undefined) return [{ status: 'ok', text: words.interactionsFine(endpointUrl) }];
  const advice = words.interactionsUnansweredTodo;
  return [{ status: 'warning', text: words.interactionsUnanswered(endpointUrl, fault), advice }];
};

/** What it does with a wrong signature, as Discord tries now and then. Undefined: turns it away, as it must. */
async function faultOf(url: string, signal: AbortSignal): Promise<string | undefined> {
  const forged = { 'x-signature-ed25519': '0'.repeat(128), 'x-signature-timestamp': '0' };
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...forged, 'content-type': 'application/json' },
      body: '{"type":1}',
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(answersWithinMs)]),
    });
    await answer.body?.cancel();
    return answer.status === 401 ? undefined : `HTTP ${answer.status}`;
  } catch (error) {
    signal.throwIfAborted();
    const { cause, name } = error instanceof Error ? error : {};
    return cause instanceof Error && 'code' in cause ? String(cause.code) : String(name);
  }
}
