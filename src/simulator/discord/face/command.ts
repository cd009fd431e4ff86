/** A command as the bot registered it. */

/** What a member can pick for an option. */
export interface SimulatedChoice {
  readonly name: string;
  readonly nameLocalizations: Readonly<Record<string, string>>;
  /** As it is given to `asks`. */
  readonly value: string;
}

export interface SimulatedCommand {
  /** Typed after a slash, or chosen in the menu of a message. */
  readonly kind: 'slash' | 'message';
  /** Of a subcommand, with its command's name and a space before it. */
  readonly name: string;
  readonly nameLocalizations: Readonly<Record<string, string>>;
  /** Empty in a menu. */
  readonly description: string;
  readonly descriptionLocalizations: Readonly<Record<string, string>>;
  readonly options: readonly {
    readonly name: string;
    readonly description: string;
    readonly descriptionLocalizations: Readonly<Record<string, string>>;
    readonly isRequired: boolean;
    /** Whether it takes a file, and no text. */
    readonly isFile: boolean;
    readonly maxLength?: number;
    /** Nothing else is taken; empty where anything is. */
    readonly choices: readonly SimulatedChoice[];
    /** The bot suggests values while the member types; see {@link SimulatedChannel.completes}. */
    readonly hasAutocomplete: boolean;
  }[];
}
