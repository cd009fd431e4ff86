/**
 * Parameters that a server does not take. Each compatible server, and each of OpenAI's own models, refuses others; which
 * ones is learnt from the refusal, once in the life of the process, and the request is made again without them.
 */
import type { Logger } from '../../log.ts';
import type { ModelBody } from './body.ts';

/** A refusal as the server put it. */
export interface Refusal {
  readonly status: number | undefined;
  readonly code?: string | null | undefined;
  readonly param?: string | null | undefined;
  readonly message: string;
}

/** What the agent can do without, or say otherwise. The rest (messages, tools) is the request itself. */
const optional = [
  'max_completion_tokens',
  'stream_options',
  'prompt_cache_key',
  'safety_identifier',
  'tool_choice',
  'temperature',
  'reasoning_effort',
] as const;
type Optional = (typeof optional)[number];

const refusesEffort = /reasoning_effort (?:are|is) not supported|set reasoning_effort to ['"`]?none/i;
const refusesParameter =
  /not support|unsupported|unrecognized|unknown|unexpected|not (?:permitted|allowed|valid|recognized)|forbidden|extra (?:inputs|fields)|invalid (?:field|parameter|argument)|only the default/i;

export class ModelParameters {
  readonly #log: Logger;
  readonly #refused = new Set<Optional>();
  #isWithoutEffort = false;
  #isWithoutObfuscation = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** The body as this server takes it. */
  adjust(body: ModelBody): ModelBody {
    const adjusted: ModelBody = { ...body };
    if (this.#isWithoutEffort) adjusted.reasoning_effort = 'none';
    if (this.#isWithoutObfuscation && body.stream_options) {
      const { include_obfuscation: _, ...rest } = body.stream_options;
      adjusted.stream_options = rest;
    }
    for (const name of this.#refused) {
      if (name === 'max_completion_tokens') adjusted.max_tokens = body.max_completion_tokens ?? null;
      // Without the choice, only a model that sees no tools is sure to call none.
      if (name === 'tool_choice' && body.tool_choice === 'none') delete adjusted.tools;
      delete adjusted[name];
    }
    return adjusted;
  }

  /** Whether the refusal of this body is mended from now on, so that asking again is worth it: by it, or by that of another request. */
  learn(body: ModelBody, refusal: Refusal): boolean {
    if (refusal.status !== 400 && refusal.status !== 422) return false;
    if (body.tools !== undefined && body.reasoning_effort !== 'none' && refusesEffort.test(refusal.message)) {
      this.#leaveReasoning();
      return true;
    }
    if (body.stream_options?.include_obfuscation !== undefined && isAboutObfuscation(refusal)) {
      this.#isWithoutObfuscation = true;
      return true;
    }
    const name = optional.find((candidate) => body[candidate] !== undefined && isAbout(refusal, candidate));
    if (name === undefined) return false;
    if (this.#refused.has(name)) return true;
    this.#refused.add(name);
    this.#log.warn('model-parameter-refused', {
      parameter: name,
      sentFromNowOn: name === 'max_completion_tokens' ? 'max_tokens' : 'nothing',
      ...adviceOn(name),
    });
    return true;
  }

  #leaveReasoning(): void {
    if (this.#isWithoutEffort) return;
    this.#isWithoutEffort = true;
    this.#log.warn('model-parameter-refused', {
      parameter: 'reasoning_effort',
      sentFromNowOn: 'none',
      advice: 'This model takes tools only without reasoning. Set OPENAI_REASONING_EFFORT=none.',
    });
  }
}

/** A value that is too large for a known parameter is no reason to leave the parameter out. */
function isAbout({ code, param, message }: Refusal, name: Optional): boolean {
  const isUnknown = refusesParameter.test(message) || refusesParameter.test((code ?? '').replaceAll('_', ' '));
  if (!isUnknown) return false;
  if (typeof param === 'string' && param !== '') return param.split(/[.[]/)[0] === name;
  return new RegExp(`(?<![a-z_])${name}(?![a-z_])`).test(message);
}

/** A part of `stream_options`, which the rest of it need not go with. */
function isAboutObfuscation({ param, message }: Refusal): boolean {
  return `${param ?? ''} ${message}`.includes('include_obfuscation');
}

/** Where the parameter is there only because the operator set it. */
function adviceOn(name: Optional): { readonly advice?: string } {
  if (name === 'temperature') return { advice: 'This model takes no OPENAI_TEMPERATURE. Leave it out.' };
  if (name === 'reasoning_effort')
    return { advice: 'This model takes no such OPENAI_REASONING_EFFORT. Leave it out, or set one that it knows.' };
  return {};
}
