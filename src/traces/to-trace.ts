/**
 * A turn as OpenTelemetry names things: a pure function from the record, by way of the timeline. What takes its time is a span, what
 * only happened is an event of the turn's span.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-agent-spans/
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
 */
import {
  type ApprovalSpan,
  type LeftOutSpan,
  type ModelSpan,
  type ToolSpan,
  type TurnSpan,
  toTimeline,
  type WarningSpan,
} from '../agent/timeline.ts';
import { conversationOf, type Turn, type Usage } from '../agent/turn.ts';
import { answerContent, callContent, questionContent } from './content.ts';
import type { Trace, TraceAttributes, TraceEvent, TraceSpan } from './trace.ts';
import { conversationIdOf, spanIdOf, traceIdOf } from './trace-ids.ts';

export interface TraceOptions {
  /** As the operator has named it. Of a question whose settings name another, that one counts. */
  readonly model: string;
  /** Whether what people, models and tools wrote goes along. */
  readonly hasContent: boolean;
}

type Timed = ModelSpan | ToolSpan | ApprovalSpan;

/** Bounds what a model may call a tool. */
const longestName = 128;

/** The API that is spoken, as the conventions have it, whoever answers. */
const provider = { 'gen_ai.provider.name': 'openai' };

export function toTrace(turn: Turn, { hasContent, ...given }: TraceOptions): Trace {
  const { id: turnId, askedAt, settings } = turn.question;
  const options = { hasContent, model: settings?.model ?? given.model };
  const [whole, ...parts] = toTimeline(turn);
  const rootId = spanIdOf(turnId, whole.id);
  const spans: TraceSpan[] = [];
  const events: TraceEvent[] = [];
  let at = askedAt;
  for (const part of parts) {
    if (part.kind === 'turn') continue;
    if (part.kind === 'warning' || part.kind === 'left-out') {
      events.push({ name: part.kind, at: part.startedAt ?? at, attributes: eventAttributes(part) });
      continue;
    }
    const startedAt = part.startedAt ?? at;
    at = Math.max(startedAt, part.endedAt ?? startedAt);
    spans.push({
      id: spanIdOf(turnId, part.id),
      parentId: rootId,
      startedAt,
      endedAt: at,
      ...describe(part, turn, options),
    });
  }
  const { replaces } = whole.attributes;
  return {
    id: traceIdOf(turnId),
    spans: [
      { id: rootId, startedAt: askedAt, endedAt: whole.endedAt ?? at, ...describeTurn(whole, turn, options) },
      ...spans,
    ],
    events,
    ...(replaces === undefined
      ? {}
      : { earlier: { traceId: traceIdOf(replaces), spanId: spanIdOf(replaces, whole.id) } }),
  };
}

type Description = Pick<TraceSpan, 'name' | 'kind' | 'attributes' | 'isFailed'>;

function describeTurn({ attributes: whole }: TurnSpan, turn: Turn, { model, hasContent }: TraceOptions): Description {
  const { outcome, steps, calls, retries, usage } = whole;
  const isFailed = outcome !== undefined && outcome !== 'answered' && outcome !== 'stopped';
  return {
    name: 'invoke_agent jupan',
    kind: 'internal',
    isFailed,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'jupan',
      ...provider,
      'gen_ai.request.model': model,
      'gen_ai.conversation.id': conversationIdOf(conversationOf(turn.question)),
      'jupan.turn.id': turn.question.id,
      'jupan.turn.steps': steps,
      'jupan.turn.calls': calls,
      'jupan.turn.retries': retries,
      ...(outcome === undefined ? {} : { 'jupan.turn.outcome': outcome }),
      ...usageAttributes(usage),
      ...(isFailed ? { 'error.type': outcome } : {}),
      ...(hasContent ? questionContent(turn) : {}),
    },
  };
}

function describe(part: Timed, turn: Turn, options: TraceOptions): Description {
  if (part.kind === 'model') return describeModel(part, turn, options);
  return part.kind === 'tool' ? describeTool(part, options) : describeApproval(part);
}

function describeModel({ attributes }: ModelSpan, turn: Turn, { model, hasContent }: TraceOptions): Description {
  const { step, calls, characters, retries, usage } = attributes;
  return {
    name: `chat ${model}`,
    kind: 'client',
    isFailed: false,
    attributes: {
      'gen_ai.operation.name': 'chat',
      ...provider,
      'gen_ai.request.model': model,
      'gen_ai.request.stream': true,
      'jupan.step': step,
      'jupan.step.calls': calls,
      'jupan.step.characters': characters,
      'jupan.step.retries': retries,
      ...usageAttributes(usage),
      ...(hasContent ? answerContent(turn, step) : {}),
    },
  };
}

function describeTool({ attributes }: ToolSpan, { hasContent }: TraceOptions): Description {
  const { step, server, ok, files } = attributes;
  const tool = attributes.tool.slice(0, longestName);
  const isFailed = ok === false;
  return {
    name: `execute_tool ${tool}`,
    kind: 'internal',
    isFailed,
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': tool,
      'gen_ai.tool.type': 'function',
      'jupan.step': step,
      'jupan.tool.files': files.length,
      ...(server === undefined ? {} : { 'jupan.tool.server': server }),
      ...(isFailed ? { 'error.type': 'tool_error' } : {}),
      ...(hasContent ? callContent(attributes) : {}),
    },
  };
}

/** Who decided is nobody's business outside. */
function describeApproval({ attributes: { step, tool, decision, notAsker } }: ApprovalSpan): Description {
  return {
    name: 'approval',
    kind: 'internal',
    isFailed: false,
    attributes: {
      'gen_ai.tool.name': tool.slice(0, longestName),
      'jupan.step': step,
      'jupan.approval.not_asker': notAsker === true,
      ...(decision === undefined ? {} : { 'jupan.approval.decision': decision }),
    },
  };
}

/** A file's name is what somebody wrote: it stays here. */
function eventAttributes(part: WarningSpan | LeftOutSpan): TraceAttributes {
  if (part.kind === 'left-out') return { 'jupan.left_out.reason': part.attributes.reason };
  const { type } = part.attributes;
  return {
    'jupan.warning.type': type,
    ...(part.attributes.type === 'model-wait' ? { 'jupan.warning.wait_ms': part.attributes.waitMs } : {}),
  };
}

function usageAttributes(usage: Usage | undefined): TraceAttributes {
  if (usage === undefined) return {};
  return {
    'gen_ai.usage.input_tokens': usage.promptTokens,
    'gen_ai.usage.cache_read.input_tokens': usage.cachedTokens,
    'gen_ai.usage.output_tokens': usage.outputTokens,
    ...(usage.costUsd === undefined ? {} : { 'jupan.usage.cost_usd': usage.costUsd }),
  };
}
