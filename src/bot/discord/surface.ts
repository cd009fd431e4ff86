/** What Discord can show in a message. */
import type { Surface } from '../channel/place.ts';
import { canShow } from './form-modal.ts';

/** Sources: https://discord.com/developers/docs/resources/message#create-message, https://discord.com/developers/docs/components/reference#button, https://discord.com/developers/docs/reference#uploading-files */
export const discordSurface: Surface = {
  name: 'Discord',
  messageLength: 2000,
  buttonLabelLength: 80,
  uploadBytes: 24 * 1024 * 1024,
  uploadFiles: 10,
  // Source: https://discord.com/developers/docs/reference#message-formatting
  toTime: (time) => `<t:${Math.ceil(time / 1000)}:R>`,
  toPlainLines,
  toMention: (userId) => `<@${userId}>`,
  canShow,
};

/** Signs that have an effect in pairs. The pair may be spread over the lines of a message. */
const pairedSigns = ['*', '`', '~~', '||'];

/**
 * Escapes what Discord would take for markdown: signs that would pair up (2*3*4 would lose them), masked links, and tags,
 * which would show something else than they say. A lone sign has no effect and stays as it is.
 */
function toPlainLines(lines: readonly string[]): string[] {
  const whole = lines.join('\n');
  const paired = pairedSigns.filter((sign) => whole.split(sign, 3).length > 2);
  return lines.map((line) => {
    const escaped = line
      .replaceAll('\\', '\\\\')
      .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
      .replaceAll('](', ']\\(')
      .replace(/<(?=@|#|:|a:|t:|id:|\/)/g, '\\<');
    return paired.reduce((text, sign) => text.replaceAll(sign, sign.replace(/./g, '\\$&')), escaped);
  });
}
