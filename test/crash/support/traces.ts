/** What collectors have of the turns must be what is on record of them. */
import { isDeepStrictEqual } from 'node:util';
import { approvalOf, resultOf, type Turn } from '../../../src/agent/turn.ts';
import type { ReceivedSpan } from '../../support/otlp-receiver.ts';
import type { CrashWorld } from './world.ts';

/** Without times where nobody knows them: of a call that was interrupted. */
type Line = readonly [name: string, startedAt?: number | undefined, endedAt?: number | undefined];

/** @returns one sentence for every turn whose trace is missing, or is another than its record. */
export function findTraceBreaches({ discord, record, collector }: CrashWorld): string[] {
  const traces = Map.groupBy(collector.spans, ({ traceId }) => traceId);
  const rootIds = new Map(collector.spans.map(({ attributes, traceId }) => [attributes['jupan.turn.id'], traceId]));
  const turns = discord.channels.flatMap(({ id }) => record.history(id));
  return turns.flatMap((turn) => {
    const spans = traces.get(rootIds.get(turn.question.id) ?? '');
    return spans === undefined ? [`${turn.question.text} has no trace.`] : breachesOf(turn, distinct(spans));
  });
}

/** Sent twice, it is the same. */
function distinct(spans: readonly ReceivedSpan[]): ReceivedSpan[] {
  return [...new Map(spans.map((span) => [JSON.stringify(span), span])).values()];
}

function breachesOf(turn: Turn, spans: readonly ReceivedSpan[]): string[] {
  const said = toLines(turn).map(toText);
  const sent = spans.map(({ name, startedAt, endedAt }) => {
    const plain = name.replace(/^chat .*/, 'chat');
    const timed = toText([plain, startedAt, endedAt]);
    return said.includes(timed) ? timed : toText([plain]);
  });
  const roots = spans.filter(({ parentId }) => parentId === '');
  const areBelow = spans.every(({ parentId }) => parentId === '' || parentId === roots[0]?.spanId);
  return [
    ...(isDeepStrictEqual(sent.toSorted(), said.toSorted())
      ? []
      : [`${turn.question.text}: sent was ${JSON.stringify(spans)}, on record is ${said.join()}`]),
    ...(roots.length === 1 && areBelow ? [] : [`${turn.question.text}: ${roots.length} roots`]),
  ];
}

function toLines({ question, steps, endedAt }: Turn): Line[] {
  return [
    ['invoke_agent jupan', question.askedAt, endedAt],
    ...steps.flatMap((step): Line[] => [
      ['chat', step.askedAt, step.answeredAt],
      ...step.calls.flatMap((call): Line[] => {
        const { startedAt, endedAt: doneAt } = resultOf(step, call) ?? {};
        const approval = approvalOf(step, call);
        return [
          ...(approval === undefined ? [] : [['approval', step.answeredAt, approval.decidedAt] as const]),
          [`execute_tool ${call.name}`, startedAt, doneAt],
        ];
      }),
    ]),
  ];
}

function toText(line: Line): string {
  return JSON.stringify(line.filter((part) => part !== undefined));
}
