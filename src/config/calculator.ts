/** Where this project's own calculator server listens, and where it is found. */
import type { Settings } from './settings.ts';

export interface CalculatorConfig {
  readonly host: string;
  readonly port: number;
}

export function readCalculator(settings: Settings): CalculatorConfig {
  return {
    host: settings.text('MCP_HOST') ?? '127.0.0.1',
    port: settings.integer('MCP_PORT', 1, 65_535) ?? 8000,
  };
}

/** The MCP endpoint of the calculator server. A wildcard address listens everywhere and is reached on this machine. */
export function calculatorUrl({ host, port }: CalculatorConfig): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}/mcp`;
}
