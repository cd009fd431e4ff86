/** What this window has pressed and sent off, and what became of it. No DOM in here. */
import type { Dialog, ToPage } from '../wire.ts';

/** A button that this window has pressed. */
export interface Press {
  readonly requestId: string;
  readonly customId: string;
  readonly outcome: 'waiting' | 'failed';
}

/** The dialog that the bot has opened in this window. */
export interface OpenDialog {
  readonly pressId: string;
  readonly channelId: string;
  readonly dialog: Dialog;
  /** The submit that is on its way. */
  readonly requestId: string | undefined;
  readonly isFailed: boolean;
}

export interface InteractionState {
  /** By message: the last press of one of its buttons, until the bot has taken it. */
  readonly presses: Map<string, Press>;
  dialog: OpenDialog | undefined;
}

export function openDialog(state: InteractionState, message: ToPage & { type: 'dialog-open' }): void {
  const { pressId, channelId, dialog } = message;
  state.dialog = { pressId, channelId, dialog, requestId: undefined, isFailed: false };
}

export function endInteraction(
  state: InteractionState,
  { requestId, isAcknowledged }: ToPage & { type: 'interaction-end' },
): void {
  if (state.dialog?.requestId === requestId) {
    state.dialog = isAcknowledged ? undefined : { ...state.dialog, requestId: undefined, isFailed: true };
  }
  for (const [messageId, press] of state.presses) {
    if (press.requestId !== requestId) continue;
    if (isAcknowledged) state.presses.delete(messageId);
    else state.presses.set(messageId, { ...press, outcome: 'failed' });
  }
}

/** The connection was lost and is back: nobody knows what arrived, so that the member may do it again. */
export function loseInteractions(state: InteractionState, isSameRun: boolean): void {
  state.presses.clear();
  if (!isSameRun) state.dialog = undefined;
  else if (state.dialog?.requestId !== undefined) {
    state.dialog = { ...state.dialog, requestId: undefined, isFailed: true };
  }
}
