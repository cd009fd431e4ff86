/** Draws what is asked for, and says it in words. */
import { describeChart, describePlot } from '../describe.ts';
import { languageOf } from '../language.ts';
import type { ChartKind, ChartRequest, Picture, PictureRequest } from '../request.ts';
import { drawBars } from './bars.ts';
import { Lettering } from './lettering.ts';
import { drawLines } from './lines.ts';
import { drawPie } from './pie.ts';
import { drawPlot } from './plot.ts';
import { readFonts, startRenderer, toPng } from './png.ts';

/** @throws {CalculatorError} that says why there is no picture. */
export type Draw = (request: PictureRequest) => Picture;

const charts: Readonly<Record<ChartKind, typeof drawBars>> = { bars: drawBars, lines: drawLines, pie: drawPie };

/** Takes fonts and renderer in, which is most of the work for the first picture. */
export async function prepareDrawing(): Promise<Draw> {
  await startRenderer();
  const fonts = readFonts();
  const letters = new Lettering(fonts.text, fonts.emoji);
  return (request) => {
    const { svg, description } = request.type === 'plot' ? toPlot(letters, request) : toChart(letters, request);
    return { png: toPng(svg, fonts), description };
  };
}

interface Drawing {
  readonly svg: string;
  readonly description: string;
}

function toPlot(letters: Lettering, request: Extract<PictureRequest, { readonly type: 'plot' }>): Drawing {
  const language = languageOf([request.title]);
  const { svg, shown } = drawPlot(request, letters, language);
  return { svg, description: describePlot(request, shown, language) };
}

function toChart(letters: Lettering, request: ChartRequest): Drawing {
  const { labels, series, title, kind } = request;
  const language = languageOf([title, ...labels, ...series.map(({ name }) => name)]);
  return { svg: charts[kind](request, letters, language), description: describeChart(request, language) };
}
