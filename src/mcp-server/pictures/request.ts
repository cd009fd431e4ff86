/** What is to be drawn, and what comes of it: plain data between the server and the thread that draws. */

/** Curves of expressions in x. */
export interface PlotRequest {
  readonly type: 'plot';
  /** One to six, not parsed yet. */
  readonly expressions: readonly string[];
  /** `from` is below `to`. */
  readonly from: number;
  readonly to: number;
  /** One line; empty: none. */
  readonly title: string;
}

export type ChartKind = 'bars' | 'lines' | 'pie';

/** Labels with numbers. */
export interface ChartRequest {
  readonly type: 'chart';
  readonly kind: ChartKind;
  readonly labels: readonly string[];
  /** One to six, a pie: one. */
  readonly series: readonly Series[];
  /** One line; empty: none. */
  readonly title: string;
}

export interface Series {
  /** Empty: it has none. */
  readonly name: string;
  /** One for each label, all finite. */
  readonly values: readonly number[];
}

export type PictureRequest = PlotRequest | ChartRequest;

export interface Picture {
  readonly png: Uint8Array;
  /** One line that says what is drawn, for whoever cannot see it. */
  readonly description: string;
}
