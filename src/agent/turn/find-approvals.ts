/** Which calls of a new step a person must approve, and which of them somebody has approved for good. */
import type { Logger } from '../../log.ts';
import { type PlacedCall, placeCalls } from '../call-place.ts';
import type { ApprovalRule, Grant } from '../grants/grant.ts';
import type { Grants } from '../grants/grants.ts';
import type { AgentLimits } from '../limits.ts';
import type { TurnStore } from '../store/turn-store.ts';
import type { CalledTool, ToolApproval } from '../tools/called-tool.ts';
import type { ToolBox } from '../tools/tool-box.ts';
import { type Approval, type ModelStep, resultOf, type ToolCall, type Turn } from '../turn.ts';
import { subjectOf } from './approvals.ts';
import { prepareCall } from './call-checks.ts';

export interface FindApprovalsContext {
  readonly tools: ToolBox;
  readonly limits: AgentLimits;
  readonly grants: Pick<Grants, 'covering' | 'stands'>;
  /** Roles that may approve where the tool's server names none. */
  readonly approverRoleIds: readonly string[];
  readonly store: Pick<TurnStore, 'logDecision'>;
  readonly log: Logger;
}

/** To be stored with the step. Undefined: nobody is to be asked. */
export async function findApprovals(
  turn: Turn,
  step: ModelStep,
  context: FindApprovalsContext,
): Promise<Approval[] | undefined> {
  const open = placeCalls(turn, step).filter(
    ({ call }) => resultOf(step, call) === undefined && mustBeApproved(turn, call, context),
  );
  const prepared = await Promise.all(open.map((placed) => prepareCall(placed, context)));
  const asked = open.filter((_, index) => 'args' in (prepared[index] ?? {}));
  if (asked.length === 0) return undefined;
  return await Promise.all(asked.map((placed) => toApproval(placed, context)));
}

/** Where a question is asked again, its call may have been made the first time: one that does more when made twice is not made unasked. */
export function mustBeApproved(turn: Turn, call: ToolCall, { tools }: Pick<FindApprovalsContext, 'tools'>): boolean {
  const called = tools.find(call);
  return called !== undefined && (called.needsApproval || isMadeTwice(turn, called));
}

function isMadeTwice({ replaces }: Turn, called: CalledTool | undefined): boolean {
  return replaces !== undefined && called?.isRepeatable === false;
}

async function toApproval(placed: PlacedCall, context: FindApprovalsContext): Promise<Approval> {
  const { turn, call } = placed;
  const { tools, limits } = context;
  const known = tools.approvalOf(call);
  const asked: Approval = {
    callId: call.id,
    until: Date.now() + limits.approvalMs,
    ...(known?.notAsker === true ? { notAsker: true } : {}),
    ...(known === undefined || known.quorum === 1 ? {} : { quorum: known.quorum }),
    ...(known?.roleIds === undefined ? {} : { roleIds: known.roleIds }),
    ...(known === undefined ? {} : { server: known.server, tool: known.tool }),
  };
  // A call that may have been made before is decided by itself.
  if (known === undefined || isMadeTwice(turn, tools.find(call)) || limits.grantMs === 0) return asked;
  const bound = { ...asked, toolHash: known.toolHash };
  const grant = await useGrant(placed, known, bound, context);
  if (grant === undefined) return bound;
  const [by = ''] = grant.by;
  return { ...bound, decision: 'approved', by, decidedAt: Date.now(), grantId: grant.id };
}

/** In the log before it counts. A store that fails means that people are asked. */
async function useGrant(
  { turn, step, call }: PlacedCall,
  known: ToolApproval,
  approval: Approval,
  { grants, approverRoleIds, store, log }: FindApprovalsContext,
): Promise<Grant | undefined> {
  const { channelId, authorId: askerId } = turn.question;
  try {
    const rule = toRule(known, approverRoleIds);
    const grant = await grants.covering({ ...known, rule, channelId, askerId });
    if (grant === undefined) return undefined;
    const subject = subjectOf(turn, step, call, approval);
    await store.logDecision({ what: 'used', by: grant.by, ...subject, grantId: grant.id });
    return grant;
  } catch (error) {
    log.warn('grant-not-used', { turnId: turn.question.id, error });
    return undefined;
  }
}

interface RuleOfTool {
  readonly notAsker?: boolean | undefined;
  readonly quorum?: number | undefined;
  readonly roleIds?: readonly string[] | undefined;
}

/** The operator's rule, of a tool or as it stands in an approval. */
export function toRule(
  { notAsker, quorum = 1, roleIds }: RuleOfTool,
  approverRoleIds: readonly string[],
): ApprovalRule {
  return { notAsker: notAsker === true, quorum, roleIds: roleIds ?? approverRoleIds };
}
