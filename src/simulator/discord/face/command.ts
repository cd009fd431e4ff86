/** A slash command as the bot registered it. */

export interface SimulatedCommand {
  readonly name: string;
  readonly description: string;
  readonly descriptionLocalizations: Readonly<Record<string, string>>;
  readonly options: readonly {
    readonly name: string;
    readonly description: string;
    readonly isRequired: boolean;
    readonly maxLength?: number;
  }[];
}
