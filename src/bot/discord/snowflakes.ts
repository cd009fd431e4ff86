/** The order of Discord's ids: they grow with time. */

export function compareIds({ id: one }: { readonly id: string }, { id: other }: { readonly id: string }): number {
  const difference = BigInt(one) - BigInt(other);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
