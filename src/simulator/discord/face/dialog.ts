/** A dialog (modal) as a member sees it. */

export interface SimulatedDialog {
  readonly customId: string;
  readonly title: string;
  readonly fields: readonly SimulatedField[];
}

export interface SimulatedField {
  readonly customId: string;
  readonly label: string;
  readonly description?: string;
  readonly isRequired: boolean;
  /** Of a select; empty for a text field. */
  readonly options: readonly { readonly value: string; readonly label: string; readonly isPreset: boolean }[];
  readonly allowsSeveral: boolean;
  readonly isLong: boolean;
  /** Characters that a text field takes. */
  readonly minLength: number;
  readonly maxLength: number;
  /** What a text field holds at first. */
  readonly value: string;
  readonly placeholder: string;
}
