/** The settings for the model: where it is, what it is asked with, and what it costs. */
import type { Settings } from './settings.ts';

export interface ModelConfig {
  readonly apiKey: string;
  /** Undefined: OpenAI's. */
  readonly baseUrl: string | undefined;
  readonly name: string;
  /** Nobody has chosen it by name: should its server not know it any more, its successor does as well. */
  readonly isDefault: boolean;
  /** Undefined: left to the model, as is the temperature. */
  readonly reasoningEffort: string | undefined;
  readonly temperature: number | undefined;
  /** Undefined: 1,000, and more where the model reasons. */
  readonly maxOutputTokens: number | undefined;
  readonly systemPrompt: string | undefined;
  /** Undefined: those that are known for the model, if any. */
  readonly prices: Prices | undefined;
}

/** US dollars for a million tokens: of the prompt, of its part that the provider had cached, and of the answer. */
export interface Prices {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

const defaultModel = 'gpt-4o';
/** The SDK insists on a key; servers that need none ignore it. */
const noKey = 'none';
const wherefrom = 'https://platform.openai.com/api-keys';

export function readModel(settings: Settings, isNeeded: boolean): ModelConfig {
  const baseUrl = settings.url(
    'OPENAI_BASE_URL',
    'an http(s) address of an OpenAI-compatible server, such as http://127.0.0.1:11434/v1',
  );
  const name = settings.text('OPENAI_MODEL');
  return {
    apiKey: readApiKey(settings, baseUrl, isNeeded) ?? noKey,
    baseUrl,
    name: name ?? defaultModel,
    isDefault: name === undefined,
    reasoningEffort: settings.text('OPENAI_REASONING_EFFORT'),
    temperature: settings.number('OPENAI_TEMPERATURE', 0, 2),
    maxOutputTokens: settings.integer('OPENAI_MAX_OUTPUT_TOKENS', 1, 1_000_000),
    systemPrompt: settings.text('SYSTEM_PROMPT'),
    prices: readPrices(settings),
  };
}

function readApiKey(settings: Settings, baseUrl: string | undefined, isNeeded: boolean): string | undefined {
  const apiKey = settings.secret('OPENAI_API_KEY');
  const isOpenai = baseUrl === undefined || new URL(baseUrl).hostname === 'api.openai.com';
  if (isNeeded && apiKey === undefined && isOpenai && !settings.hasProblem('OPENAI_BASE_URL')) {
    settings.report(
      'OPENAI_API_KEY',
      `is missing. It should hold an API key from ${wherefrom} (or set OPENAI_BASE_URL to another OpenAI-compatible server, which may need none).`,
    );
  } else if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) {
    settings.report('OPENAI_API_KEY', `has characters that no key has. Copy the key again from ${wherefrom}.`);
  }
  return apiKey;
}

function readPrices(settings: Settings): Prices | undefined {
  const value = settings.text('OPENAI_PRICES');
  if (value === undefined) return undefined;
  const [input = Number.NaN, cached = Number.NaN, output = Number.NaN, ...more] = value.split('/').map(toPrice);
  if (more.length === 0 && [input, cached, output].every((price) => price >= 0)) return { input, cached, output };
  settings.report(
    'OPENAI_PRICES',
    'should be three prices in US dollars for a million tokens, input/cached input/output, such as 2.5/1.25/10.',
  );
  return undefined;
}

/** NaN for what is no price: an empty text would be 0 to `Number`. */
function toPrice(text: string): number {
  const price = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(price) ? price : Number.NaN;
}
