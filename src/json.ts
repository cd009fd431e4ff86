/** JSON from outside, before anybody knows what it is. Every function takes time that grows with the text and no faster. */

/** An object with keys: no array, not null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text to the letter, without the spaces between its parts. What is no JSON loses spaces, too. */
export function withoutSpaces(json: string): string {
  let compact = '';
  let isInText = false;
  for (let place = 0; place < json.length; place += 1) {
    const character = json.charAt(place);
    if (character === '"') isInText = !isInText;
    if (isInText || !/\s/.test(character)) compact += character;
    if (isInText && character === '\\') {
      place += 1;
      compact += json.charAt(place);
    }
  }
  return compact;
}
