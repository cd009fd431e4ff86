/** Text from models, tools and members as it may stand in a message: without effect as markdown. */

/**
 * Escapes what Discord would take for markdown (2*3*4 would lose its signs). A lone sign has no effect and stays as it is.
 * Angle brackets are left: nothing can ping, and an escaped tag would read worse than a pill.
 */
export function toPlainMarkdown(line: string): string {
  const escaped = line.replaceAll('\\', '\\\\').replace(/(?<!\w)_/g, '\\_');
  return ['*', '`', '~~', '||'].reduce(
    (text, sign) => (text.split(sign).length > 2 ? text.replaceAll(sign, sign.replace(/./g, '\\$&')) : text),
    escaped,
  );
}
