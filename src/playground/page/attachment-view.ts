/** The files under a message: pictures and sounds at once, everything else as a card to save it by. */
import type { Attachment, Message } from '../wire.ts';
import { type App, wordsOf } from './app.ts';
import { element } from './dom.ts';
import { icon } from './icons.ts';

export function attachmentList(app: App, message: Message, attachments: readonly Attachment[]): HTMLElement {
  return element(
    'div',
    { class: 'attachments' },
    ...attachments.map((attachment) => attachmentView(app, message, attachment)),
  );
}

function attachmentView(app: App, message: Message, attachment: Attachment): HTMLElement {
  const { id, filename, description, kind } = attachment;
  const address = `/attachments/${message.channelId}/${message.id}/${id}`;
  if (kind === 'file') return fileCard(app, attachment, address);
  if (kind === 'audio') {
    const player = element('audio', {
      attributes: { src: address, controls: true, preload: 'metadata', 'aria-label': description || filename },
    });
    return element('div', { class: 'sound' }, fileCard(app, attachment, address), player);
  }
  const picture = element('img', { attributes: { src: address, alt: description || filename } });
  // What cannot be drawn can still be saved.
  picture.addEventListener('error', () => figure.replaceWith(fileCard(app, attachment, address)));
  const link = element(
    'a',
    { class: 'picture', attributes: { href: address, target: '_blank', rel: 'noreferrer', title: filename } },
    picture,
  );
  const figure = element('div', { class: 'figure' }, link, description !== '' && altText(description));
  return figure;
}

/** As Discord has it: a badge that shows the text to whoever wants to read it. Below the picture, of which it hides nothing. */
function altText(description: string): HTMLElement {
  return element('details', { class: 'alt-text' }, element('summary', {}, 'ALT'), element('p', {}, description));
}

function fileCard(app: App, { filename, size }: Attachment, address: string): HTMLElement {
  const label = wordsOf(app).download(filename);
  return element(
    'div',
    { class: 'file' },
    icon('file'),
    element('div', { class: 'file-name' }, element('span', {}, filename), element('small', {}, toSize(size))),
    element(
      'a',
      { class: 'tool', attributes: { href: address, download: filename, 'aria-label': label, title: label } },
      icon('download'),
    ),
  );
}

export function toSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kilobytes = bytes / 1024;
  return kilobytes < 1024 ? `${kilobytes.toFixed(1)} KB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}
