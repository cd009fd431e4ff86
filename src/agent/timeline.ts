/**
 * What a turn did, and when: a pure function from the record to spans, as plain data. Members read them, and traces are made
 * of them. Records of an earlier version have no times, and lack nothing else.
 */
import {
  type Approval,
  addUsage,
  approvalOf,
  type FailureCode,
  type FileReference,
  type LeftOutReason,
  type ModelStep,
  resultOf,
  type ToolCall,
  type Turn,
  type TurnWarning,
  type Usage,
} from './turn.ts';

/** Something that took its time, or happened at one. */
interface Timed {
  /** Unlike that of every other span of the turn. */
  readonly id: string;
  /** The span that it is a part of. Absent: it is the turn itself. */
  readonly parentId?: string;
  /** What it is one of many of: few values, whatever members ask. */
  readonly name: string;
  /** Milliseconds since 1970 UTC. Absent: not known. */
  readonly startedAt?: number;
  readonly endedAt?: number;
}

/** The whole of it, from the question on. */
export interface TurnSpan extends Timed {
  readonly kind: 'turn';
  readonly attributes: {
    /** Unset while it goes on. */
    readonly outcome?: 'answered' | FailureCode;
    readonly steps: number;
    readonly calls: number;
    readonly retries: number;
    readonly usage?: Usage;
    /** Id of the turn whose question was asked again. */
    readonly replaces?: string;
  };
}

/** One answer of the model. */
export interface ModelSpan extends Timed {
  readonly kind: 'model';
  readonly attributes: {
    /** From 0. */
    readonly step: number;
    readonly calls: number;
    /** UTF-16 units of its text. */
    readonly characters: number;
    /** Requests before it that came to nothing. */
    readonly retries: number;
    readonly usage?: Usage;
  };
}

/** A call of a tool, from the moment that it was sent. */
export interface ToolSpan extends Timed {
  readonly kind: 'tool';
  readonly attributes: {
    readonly step: number;
    readonly tool: string;
    readonly server?: string;
    /** As the model wrote them, to the letter. */
    readonly arguments: string;
    /** What the model was given. Unset: it has no result yet. */
    readonly result?: string;
    readonly ok?: boolean;
    readonly files: readonly FileReference[];
  };
}

/** A wait for somebody who may approve a call. */
export interface ApprovalSpan extends Timed {
  readonly kind: 'approval';
  readonly attributes: Pick<Approval, 'decision' | 'by' | 'notAsker' | 'votes' | 'grantId'> & {
    readonly step: number;
    readonly tool: string;
  };
}

/** Something that members were told although the turn went on. */
export interface WarningSpan extends Timed {
  readonly kind: 'warning';
  readonly attributes: TurnWarning;
}

/** A file of the question that the model was not given. */
export interface LeftOutSpan extends Timed {
  readonly kind: 'left-out';
  readonly attributes: { readonly file: string; readonly reason: LeftOutReason };
}

export type Span = TurnSpan | ModelSpan | ToolSpan | ApprovalSpan | WarningSpan | LeftOutSpan;

/** The turn first, then what it consists of in the order that it came about. */
export function toTimeline(turn: Turn): [TurnSpan, ...Span[]] {
  const { steps } = turn;
  const parts = steps.flatMap((step, index) => [...warningsAfter(turn, index), ...spansOf(step, index)]);
  return [toTurnSpan(turn), ...leftOutOf(turn), ...parts, ...warningsAfter(turn, steps.length)];
}

const turnId = 'turn';

function toTurnSpan({ question, steps, end, endedAt, replaces }: Turn): TurnSpan {
  const usage = steps.reduce<Usage | undefined>((sum, step) => addUsage(sum, step.usage), undefined);
  return {
    kind: 'turn',
    id: turnId,
    name: 'turn',
    startedAt: question.askedAt,
    ...toEnd(endedAt),
    attributes: {
      ...(end === undefined ? {} : { outcome: end.type === 'failed' ? end.code : end.type }),
      steps: steps.length,
      calls: steps.reduce((sum, { calls }) => sum + calls.length, 0),
      retries: steps.reduce((sum, { retries = 0 }) => sum + retries, 0),
      ...(usage === undefined ? {} : { usage }),
      ...(replaces === undefined ? {} : { replaces }),
    },
  };
}

function spansOf(step: ModelStep, index: number): Span[] {
  const { text, calls, retries = 0, usage, askedAt, answeredAt } = step;
  const model: ModelSpan = {
    kind: 'model',
    id: `${index}`,
    parentId: turnId,
    name: 'model',
    ...toStart(askedAt),
    ...toEnd(answeredAt),
    attributes: {
      step: index,
      calls: calls.length,
      characters: text.length,
      retries,
      ...(usage === undefined ? {} : { usage }),
    },
  };
  return [model, ...calls.flatMap((call, place) => spansOfCall(step, call, `${index}.${place}`, index))];
}

function spansOfCall(step: ModelStep, call: ToolCall, id: string, index: number): Span[] {
  const approval = approvalOf(step, call);
  const result = resultOf(step, call);
  const asked: ApprovalSpan[] =
    approval === undefined
      ? []
      : [
          {
            kind: 'approval',
            id: `${id}.approval`,
            parentId: turnId,
            name: 'approval',
            ...toStart(step.answeredAt),
            ...toEnd(approval.decidedAt),
            attributes: { step: index, tool: call.name, ...decisionOf(approval) },
          },
        ];
  return [
    ...asked,
    {
      kind: 'tool',
      id,
      parentId: turnId,
      name: 'tool',
      ...toStart(result?.startedAt),
      ...toEnd(result?.endedAt),
      attributes: {
        step: index,
        tool: call.name,
        ...(result?.server === undefined ? {} : { server: result.server }),
        arguments: call.arguments,
        ...(result === undefined ? {} : { result: result.text, ok: result.ok }),
        files: result?.files ?? [],
      },
    },
  ];
}

function decisionOf({
  decision,
  by,
  notAsker,
  votes,
  grantId,
}: Approval): Pick<Approval, 'decision' | 'by' | 'notAsker' | 'votes' | 'grantId'> {
  return {
    ...(decision === undefined ? {} : { decision }),
    ...(by === undefined ? {} : { by }),
    ...(notAsker === undefined ? {} : { notAsker }),
    ...(votes === undefined ? {} : { votes }),
    ...(grantId === undefined ? {} : { grantId }),
  };
}

function warningsAfter({ warnings }: Turn, afterSteps: number): WarningSpan[] {
  return warnings.flatMap((warning, index) => {
    if (warning.afterSteps !== afterSteps) return [];
    // Of a wait it is known when it was to end, and how long it was.
    const times =
      warning.type === 'model-wait' ? { startedAt: warning.until - warning.waitMs, endedAt: warning.until } : {};
    return [{ kind: 'warning', id: `w${index}`, parentId: turnId, name: 'warning', ...times, attributes: warning }];
  });
}

function leftOutOf({ question: { attachments = [] }, files = [] }: Turn): LeftOutSpan[] {
  return files.flatMap((outcome, index) => {
    if (outcome.type !== 'left-out') return [];
    const file = attachments[outcome.attachment]?.name ?? '';
    const attributes = { file, reason: outcome.reason };
    return [{ kind: 'left-out', id: `f${index}`, parentId: turnId, name: 'left-out', attributes }];
  });
}

function toStart(startedAt: number | undefined): Pick<Timed, 'startedAt'> {
  return startedAt === undefined ? {} : { startedAt };
}

function toEnd(endedAt: number | undefined): Pick<Timed, 'endedAt'> {
  return endedAt === undefined ? {} : { endedAt };
}
