/**
 * The thread that draws. What is drawn comes from outside, and may take for ever: whoever asks gives up on this thread then.
 * Fonts and renderer are taken in here only, so that a calculator that never draws is as small and quick as before.
 */
import { parentPort } from 'node:worker_threads';
import { threadReady } from '../../bounded-thread.ts';
import { CalculatorError } from '../arithmetic/calculator-error.ts';
import { type Draw, prepareDrawing } from './draw/draw.ts';
import type { Picture, PictureRequest } from './request.ts';

export type DrawingAnswer =
  | { readonly type: 'drawn'; readonly picture: Picture }
  /** One sentence on why it cannot be drawn. */
  | { readonly type: 'refused'; readonly reason: string };

const draw = await prepareDrawing();
parentPort?.on('message', (request: PictureRequest) => tell(answer(draw, request)));
parentPort?.postMessage(threadReady);

function tell(message: DrawingAnswer): void {
  parentPort?.postMessage(message);
}

/** @throws what is a defect: it ends the thread, and is told to whoever started it. */
function answer(draw: Draw, request: PictureRequest): DrawingAnswer {
  try {
    return { type: 'drawn', picture: draw(request) };
  } catch (error) {
    if (error instanceof CalculatorError) return { type: 'refused', reason: error.message };
    throw error;
  }
}
