/** Files that are dragged over the page: while they are, it says where they would go. */
import { element } from './dom.ts';
import { icon } from './icons.ts';

export interface DropZoneOptions {
  /** What it says. */
  readonly label: () => string;
  readonly onDrop: (files: readonly File[]) => void;
}

export function createDropZone({ label, onDrop }: DropZoneOptions): HTMLElement {
  const words = element('span', {});
  const zone = element('div', { class: 'drop-zone', attributes: { hidden: true } }, icon('attach'), words);
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
  const show = (isOver: boolean) => {
    zone.hidden = !isOver;
    if (isOver) words.textContent = label();
  };
  document.addEventListener('dragenter', (event) => {
    if (hasFiles(event)) show(true);
  });
  document.addEventListener('dragover', (event) => {
    // Or the browser opens what is dropped in the page's place.
    if (hasFiles(event)) event.preventDefault();
  });
  zone.addEventListener('dragleave', () => show(false));
  document.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    show(false);
    onDrop([...(event.dataTransfer?.files ?? [])]);
  });
  return zone;
}
