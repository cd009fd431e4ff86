/** A text that is too long for the messages it may fill: all of it as a file below them, for whoever wants the rest. Pure. */

import type { ShownMessage, Stage } from './shown-message.ts';
import type { Language } from './texts/catalogue.ts';
import { catalogues } from './texts/catalogues.ts';

export interface WholeTextOptions {
  readonly stage: Stage;
  /** As the model wrote it. */
  readonly text: string;
  readonly language: Language;
  /** The messages that would go on where no file may be attached. */
  readonly otherwise?: readonly ShownMessage[];
}

export function toWholeText(key: string, { stage, text, language, otherwise }: WholeTextOptions): ShownMessage {
  return {
    key,
    stage,
    content: catalogues[language].goesOnInFile,
    isReply: false,
    files: [{ name: stage === 'final' ? 'answer.md' : 'text.md', text }],
    ...(otherwise === undefined ? {} : { otherwise }),
  };
}
