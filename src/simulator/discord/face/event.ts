/** What a member's client would be told. */

import type { SimulatedChannel } from './channel.ts';
import type { SimulatedCommand } from './command.ts';
import type { SimulatedMessage } from './message.ts';
import type { SimulatedUser } from './user.ts';

/** What a member's client would be told. `typing` without `until` in the past means: show it for 10 s or until that user posts. */
export type SimulatedEvent =
  | { readonly type: 'message-create' | 'message-update'; readonly message: SimulatedMessage }
  | { readonly type: 'message-delete'; readonly channelId: string; readonly messageId: string }
  | { readonly type: 'typing'; readonly channelId: string; readonly user: SimulatedUser }
  | { readonly type: 'channel-create' | 'channel-delete'; readonly channel: SimulatedChannel }
  /** The bot answers that user's press with a dialog; see {@link SimulatedChannel.dialogOf}. */
  | { readonly type: 'dialog-open'; readonly pressId: string; readonly channelId: string; readonly user: SimulatedUser }
  /** The bot has acknowledged a command, a press or a dialog, or let its time pass. The id is what `asks`, `presses` and `submits` resolve with. */
  | { readonly type: 'interaction-end'; readonly interactionId: string; readonly isAcknowledged: boolean }
  | { readonly type: 'commands-update'; readonly commands: readonly SimulatedCommand[] }
  /** The bot's gateway session came up or went away: the green or grey dot beside its name. */
  | { readonly type: 'presence'; readonly isOnline: boolean };
