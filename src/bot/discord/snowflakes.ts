/** Discord's ids. */

/** Whether it has the shape of one. */
export function isSnowflake(id: unknown): id is string {
  return typeof id === 'string' && /^\d{1,20}$/.test(id);
}

/** They grow with time. */
export function compareIds({ id: one }: { readonly id: string }, { id: other }: { readonly id: string }): number {
  const difference = BigInt(one) - BigInt(other);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
