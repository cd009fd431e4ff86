/** What kind of place an address in STORE_URL names. */

export function schemeOf(storeUrl: string): string {
  return storeUrl.slice(0, Math.max(storeUrl.indexOf('://'), 0));
}

/** Whether others may reach the place by the network. */
export function isShared(storeUrl: string): boolean {
  return !['sqlite', 'memory'].includes(schemeOf(storeUrl));
}
