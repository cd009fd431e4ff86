/** Turns to store. */
import type { Turn } from '../../../src/agent/turn.ts';

export function makeTurn(
  id: string,
  { askedAt = 1_700_000_000_000, channelId = 'general', text = 'How much?' } = {},
): Turn {
  return {
    version: 4,
    question: { id, channelId, authorId: '7', authorName: '민지', text, askedAt },
    warnings: [{ type: 'no-tools', afterSteps: 0 }],
    steps: [
      {
        text: ':colon first',
        calls: [{ id: 'call-1', name: 'add', arguments: '{"a":9007199254740993,"b":1}' }],
        results: [{ callId: 'call-1', ok: true, text: '9007199254740994' }],
        usage: { promptTokens: 3, cachedTokens: 2, outputTokens: 1 },
      },
    ],
    end: { type: 'failed', code: 'stopped' },
    delivery: { messages: ['1', null, { nested: true }] },
  };
}
