/** A press on Approve or Deny below a call that waits for people, or on what lets later calls pass, too. */
import { type ButtonInteraction, MessageFlags } from 'discord.js';
import type { DecideOutcome, Verdict } from '../../../agent/agent.ts';
import { callAt } from '../../../agent/call-place.ts';
import type { Approval } from '../../../agent/turn.ts';
import { toButtonId } from '../../channel/press.ts';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import { rolesOf } from '../access.ts';
import { pingNobody } from '../message-body.ts';
import { toPlainText } from '../plain-text.ts';
import { discordSurface } from '../surface.ts';
import { type ControlsContext, type Pressed, tell, tellText } from './control.ts';
import { button, toButtonRows } from './pages.ts';

const maxTool = 80;
const maxName = 40;

/** Who pressed, as far as it is about approving, and what waits for it. */
interface Approver {
  readonly isAsker: boolean;
  /** Has a role that may approve calls of this tool. */
  readonly hasRole: boolean;
  readonly approval: Approval | undefined;
  readonly callId: string;
}

export async function decide(
  interaction: ButtonInteraction,
  pressed: Pressed,
  context: ControlsContext,
): Promise<void> {
  const approver = await approverOf(interaction, pressed, context);
  if (approver === undefined) return;
  // Acknowledged first: the store may take longer than Discord waits.
  await interaction.deferUpdate();
  const decision = pressed.action === 'approve' ? 'approved' : 'denied';
  await settle(interaction, pressed, approver, { decision, by: interaction.user.id }, context);
}

/** What can be approved for good, and for how long, for whoever may. */
export async function offerStanding(
  interaction: ButtonInteraction,
  pressed: Pressed,
  context: ControlsContext,
): Promise<void> {
  const approver = await approverOf(interaction, pressed, context);
  if (approver === undefined) return;
  const { turn, target } = pressed;
  const { buttons, offer, cannotStand } = catalogues[toLanguage(interaction.locale)].approvals;
  if (approver.approval?.toolHash === undefined) return await tellText(interaction, cannotStand);
  const turnId = turn.question.id;
  const forAsker = approver.isAsker
    ? buttons.me
    : buttons.asker.replace('{name}', () => toPlainText(turn.question.authorName, maxName));
  const choices = [
    ...(approver.hasRole ? [button(toButtonId({ action: 'always-here', turnId, target }), buttons.here)] : []),
    button(toButtonId({ action: 'always-asker', turnId, target }), forAsker),
  ];
  await interaction.reply({
    content: fillIn(offer, approver.approval, context),
    components: toButtonRows(choices, choices.length),
    flags: MessageFlags.Ephemeral,
    allowedMentions: pingNobody,
  });
}

export async function approveStanding(
  interaction: ButtonInteraction,
  pressed: Pressed,
  context: ControlsContext,
): Promise<void> {
  const approver = await approverOf(interaction, pressed, context);
  if (approver === undefined) return;
  const isHere = pressed.action === 'always-here';
  const { onlyRolesHere, cannotStand } = catalogues[toLanguage(interaction.locale)].approvals;
  // The asker speaks for the asker alone: others who ask here have a rule of their own.
  if (isHere && !approver.hasRole) return await tellText(interaction, onlyRolesHere);
  if (approver.approval?.toolHash === undefined) return await tellText(interaction, cannotStand);
  await interaction.deferUpdate();
  const standing = isHere ? 'here' : 'asker';
  await settle(interaction, pressed, approver, { decision: 'approved', by: interaction.user.id, standing }, context);
}

/** Undefined for whoever may not: they were told. */
async function approverOf(
  interaction: ButtonInteraction,
  { action, target, turn }: Pressed,
  { approverRoleIds }: ControlsContext,
): Promise<Approver | undefined> {
  const call = callAt(turn, target);
  const approval = call && turn.steps.at(-1)?.approvals?.find(({ callId }) => callId === call.id);
  const isAsker = interaction.user.id === turn.question.authorId;
  const roleIds = approval?.roleIds ?? approverRoleIds;
  const hasRole = rolesOf(interaction).some((id) => roleIds.includes(id));
  if (!isAsker && !hasRole) {
    await tell(interaction, 'only-approvers');
    return undefined;
  }
  if (call === undefined) {
    await tell(interaction, 'settled');
    return undefined;
  }
  // Whoever asked may take it back, but not let it pass.
  if (isAsker && action !== 'deny' && approval?.notAsker === true) {
    await tell(interaction, 'not-asker');
    return undefined;
  }
  return { isAsker, hasRole, approval, callId: call.id };
}

async function settle(
  interaction: ButtonInteraction,
  { turn }: Pressed,
  { approval, callId }: Approver,
  verdict: Verdict,
  context: ControlsContext,
): Promise<void> {
  const { agent, log } = context;
  try {
    const outcome = await agent.decide(turn.question.id, callId, verdict);
    const text =
      outcome === 'gone' ? undefined : toOutcomeText(outcome, verdict, approval, interaction.locale, context);
    if (outcome === 'gone') await tell(interaction, 'settled');
    // The offer has done its work.
    else if (verdict.standing !== undefined) await interaction.editReply({ content: text ?? '', components: [] });
    else if (text !== undefined) await tellText(interaction, text);
  } catch (error) {
    log.error('decision-not-kept', { turnId: turn.question.id, error });
    await tell(interaction, 'not-kept');
  }
}

/** Undefined: what the channel shows says it. */
function toOutcomeText(
  outcome: Exclude<DecideOutcome, 'gone'>,
  { standing }: Verdict,
  approval: Approval | undefined,
  locale: string,
  context: ControlsContext,
): string | undefined {
  const texts = catalogues[toLanguage(locale)].approvals;
  if (outcome === 'counted') return texts.counted((approval?.quorum ?? 1) - (approval?.votes?.length ?? 0));
  if (outcome === 'counted-before') return texts.countedBefore;
  if (outcome === 'granted') return standing === undefined ? undefined : fillIn(texts.granted, approval, context);
  return standing === undefined ? undefined : texts.approvedOnce;
}

function fillIn(text: string, approval: Approval | undefined, { standingMs }: ControlsContext): string {
  // What stands between backquotes must hold none.
  const tool = toPlainText(approval?.tool ?? '', maxTool).replaceAll(/[\\`]/g, '');
  const until = discordSurface.toTime(Date.now() + standingMs);
  return text.replace('{tool}', () => tool).replace('{until}', () => until);
}
