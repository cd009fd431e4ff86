/** Discord's limits in bytes. */

const mebibyte = 1024 * 1024;

/** Of a file, since August 2026, in a guild without boosts: https://support.discord.com/hc/articles/25444343291031 */
export const maxFileBytes = 20 * mebibyte;
/** Of a whole request: https://docs.discord.com/developers/resources/message#create-message */
export const maxRequestBytes = 25 * mebibyte;
