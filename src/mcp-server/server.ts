/** The calculator server: the calculator on the HTTP host. */
import { ConfigError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { createCalculator, type DrawPicture } from './calculator.ts';
import { type HttpHost, startHttpHost } from './http-host.ts';
import { Pictures } from './pictures/pictures.ts';
import { parseWithExactNumbers } from './wire-number.ts';

export interface CalculatorServerOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly log: Logger;
}

/** @throws {ConfigError} when the address cannot be had. */
export async function startCalculatorServer(options: CalculatorServerOptions): Promise<HttpHost> {
  const pictures = new Pictures(options.log);
  const draw: DrawPicture = (request, signal) => pictures.draw(request, signal);
  try {
    const host = await startHttpHost({
      ...options,
      createServer: () => createCalculator(draw),
      parseJson: parseWithExactNumbers,
    });
    return {
      url: host.url,
      close: async () => {
        await host.close();
        await pictures.close();
      },
    };
  } catch (error) {
    throw new ConfigError([toSettingProblem(error, options)], { cause: error });
  }
}

function toSettingProblem(
  error: unknown,
  { host, port }: CalculatorServerOptions,
): { variable: string; advice: string } {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    const advice = `port ${port} of ${host} is in use by another program. Stop that program, or set MCP_PORT to a free port.`;
    return { variable: 'MCP_PORT', advice };
  }
  if (code === 'EACCES') {
    return {
      variable: 'MCP_PORT',
      advice: `this user may not listen on port ${port}. Set MCP_PORT to one above 1023.`,
    };
  }
  const advice = `cannot listen on ${host} (${String(code)}). MCP_HOST should be an address of this machine, such as 127.0.0.1, MCP_PORT a free port.`;
  return { variable: 'MCP_HOST', advice };
}
