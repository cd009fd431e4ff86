/** What refuses a text for what it says: a guild's rules (200000, in guilds only), or Discord itself (240000). */
export type ContentFilter = 'automod' | 'harmful-links';
