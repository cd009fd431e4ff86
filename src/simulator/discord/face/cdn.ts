/** Files as those see them who run the simulator: what was fetched, and what shall go wrong. */

/**
 * - `hang` no answer at all, `stall` half of the file and then nothing more,
 * - `endless` a body that is never over, without a length.
 */
export type CdnFault =
  | { readonly type: 'status'; readonly status: number }
  | { readonly type: 'redirect'; readonly to: string }
  | { readonly type: 'hang' | 'stall' | 'endless' };
