/** The tools that draw, as a model sees them: names, descriptions, schemas, and how their arguments are read. */
import type { JSONObject, Tool } from '@modelcontextprotocol/server';
import { readChart } from './read-chart.ts';
import { readPlot } from './read-plot.ts';
import type { PictureRequest } from './request.ts';

export interface PictureTool {
  /** What `tools/list` says of it. */
  readonly definition: Tool;
  /** What is to be drawn. @throws {CalculatorError} for bad input. */
  read(given: Readonly<Record<string, unknown>>): PictureRequest;
}

const text = { type: 'string' };
const title = { ...text, description: 'Stands above, in the members’ language' };

// The schemas have no `minItems` and `maxItems`: what is too many is refused by the tool, in words.
export const pictureTools: ReadonlyMap<string, PictureTool> = new Map(
  [
    {
      definition: define(
        'plot',
        'Plot curves',
        'Draws one to six expressions in x as curves, in a picture that members see. Expressions as for evaluate, with x, e.g. "x^2 - 2*x".',
        {
          expressions: { type: 'array', items: text },
          from: { type: 'number', description: 'Smallest x; default -10' },
          to: { type: 'number', description: 'Largest x; default 10' },
          title,
        },
        ['expressions'],
      ),
      read: readPlot,
    },
    {
      definition: define(
        'chart',
        'Draw a chart',
        'Draws numbers with labels, in a picture that members see: bars, lines (for what goes on, such as days) or a pie (shares of one series). Up to six series with a number for each label.',
        {
          kind: { type: 'string', enum: ['bars', 'lines', 'pie'] },
          labels: { type: 'array', items: text },
          series: {
            type: 'array',
            items: {
              type: 'object',
              properties: { name: text, values: { type: 'array', items: { type: 'number' } } },
              required: ['values'],
              additionalProperties: false,
            },
          },
          title,
        },
        ['kind', 'labels', 'series'],
      ),
      read: readChart,
    },
  ].map((tool) => [tool.definition.name, tool]),
);

function define(
  name: string,
  heading: string,
  description: string,
  properties: Record<string, JSONObject>,
  required: string[],
): Tool {
  return {
    name,
    title: heading,
    description,
    inputSchema: { type: 'object', properties, required, additionalProperties: false },
    outputSchema: {
      type: 'object',
      properties: { description: { type: 'string', description: 'What the picture shows, in one line.' } },
      required: ['description'],
    },
    annotations: {
      title: heading,
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    },
  };
}
