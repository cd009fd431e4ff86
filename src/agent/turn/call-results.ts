/** What a tool's answer comes to on record: its text, and its files beside the record. */
import type { Logger } from '../../log.ts';
import type { PlacedCall } from '../call-place.ts';
import { toFileKey } from '../store/file-key.ts';
import type { TurnStore } from '../store/turn-store.ts';
import type { ToolAnswer } from '../tools/tool.ts';
import type { ToolCall, ToolResult } from '../turn.ts';

export interface ResultsContext {
  readonly store: Pick<TurnStore, 'saveFile'>;
  readonly log: Logger;
}

export const stopped = 'The call was stopped.';

export function refuse(call: ToolCall, text: string): ToolResult {
  return { callId: call.id, ok: false, text };
}

export async function toResult(
  placed: PlacedCall,
  { ok, text, files = [], found, links }: ToolAnswer,
  context: ResultsContext,
): Promise<ToolResult> {
  const callId = placed.call.id;
  if (found !== undefined) return { callId, ok, text, found };
  const result = files.length === 0 ? { callId, ok, text } : await storeFiles(placed, { ok, text, files }, context);
  return links === undefined ? result : { ...result, links };
}

async function storeFiles(
  { turn, call, place }: PlacedCall,
  { ok, text, files }: Required<Pick<ToolAnswer, 'ok' | 'text' | 'files'>>,
  { store, log }: ResultsContext,
): Promise<ToolResult> {
  const turnId = turn.question.id;
  try {
    const stored = await Promise.all(
      files.map(async ({ data, ...file }, index) => {
        const key = toFileKey(turnId, place, index);
        await store.saveFile(key, data);
        return { key, ...file, bytes: data.length };
      }),
    );
    return { callId: call.id, ok, text, files: stored };
  } catch (error) {
    log.error('file-not-stored', { turnId, error });
    return { callId: call.id, ok, text: `${text}\n(The files could not be stored, so nobody can see them.)` };
  }
}
