/** A tool server at which each member logs in, as it is for one of them: its own connection, its own list, and a tool that asks for the login. */
import type { RemoteToolServerConfig } from '../../config/tool-servers.ts';
import type { Logger } from '../../log.ts';
import { LoginNeeded } from './login/challenge.ts';
import type { MemberLogins } from './login/logins.ts';
import type { CallContext, ListedTool, ToolAnswer, ToolArguments } from './tool.ts';
import { ToolServer, type ToolServerOptions } from './tool-server.ts';
import type { ServerApproval, ToolSource } from './tool-source.ts';

export interface PersonalServerOptions extends Omit<ToolServerOptions, 'credentials'> {
  readonly personId: string;
  readonly logins: MemberLogins;
}

/** How often one call may ask for a login: a server can want more each time. */
const mostLogins = 2;
/** How long the tools are waited for once somebody has logged in, in ms. */
const listWithinMs = 15_000;
const longestServerName = 40;
const mostNamedTools = 60;

export class PersonalServer implements ToolSource {
  readonly #config: RemoteToolServerConfig;
  readonly #personId: string;
  readonly #logins: MemberLogins;
  readonly #onToolsChange: () => void;
  readonly #log: Logger;
  readonly #server: ToolServer;
  readonly #connectTool: ListedTool;
  #isConnected = false;
  #calls = 0;

  constructor(config: RemoteToolServerConfig, { personId, logins, ...options }: PersonalServerOptions) {
    this.#config = config;
    this.#personId = personId;
    this.#logins = logins;
    this.#onToolsChange = options.onToolsChange;
    this.#log = options.log;
    this.#server = new ToolServer(config, { ...options, credentials: logins.tokens.credentials(personId, config) });
    this.#connectTool = toConnectTool(config.name);
  }

  get name(): string {
    return this.#config.name;
  }

  get prefix(): string | undefined {
    return this.#config.prefix;
  }

  get tools(): readonly ListedTool[] {
    return this.#isConnected ? [this.#connectTool, ...this.#server.tools] : [this.#connectTool];
  }

  get unlisted(): number {
    return this.#isConnected ? this.#server.unlisted : 0;
  }

  get instructions(): string {
    return this.#isConnected ? this.#server.instructions : '';
  }

  /** Somebody who is not connected can be. */
  get isUp(): boolean {
    return !this.#isConnected || this.#server.isUp || this.#server.loginNeeded !== undefined;
  }

  get isKnown(): boolean {
    return !this.#isConnected || this.#server.isKnown;
  }

  get excludesAsker(): boolean {
    return this.#server.excludesAsker;
  }

  approvalOf(tool: ListedTool): ServerApproval {
    return this.#server.approvalOf(tool);
  }

  get key(): string {
    return this.#server.key;
  }

  /** Each person has a list of their own, which nobody else can look at: nothing of it is pinned. */
  get isTrusted(): boolean {
    return true;
  }

  get words(): ToolServer['words'] {
    return this.#server.words;
  }

  toldOf(tool: ListedTool): ReturnType<ToolServer['toldOf']> {
    return this.#server.toldOf(tool);
  }

  get isBusy(): boolean {
    return this.#calls > 0;
  }

  async ready(signal: AbortSignal, leastMs?: number): Promise<void> {
    if (await this.#look()) await this.#server.ready(signal, leastMs);
  }

  isAlwaysOffered(tool: ListedTool): boolean {
    return tool === this.#connectTool || this.#server.isAlwaysOffered(tool);
  }

  needsApproval(tool: ListedTool): boolean {
    return tool !== this.#connectTool && this.#server.needsApproval(tool);
  }

  async call(tool: ListedTool, args: ToolArguments, context: CallContext): Promise<ToolAnswer> {
    this.#calls += 1;
    try {
      return tool === this.#connectTool ? await this.#connect(context) : await this.#callTool(tool, args, context);
    } finally {
      this.#calls -= 1;
    }
  }

  /** As of any server: where a new login is needed, it cannot be asked now. */
  lookAtTask(...given: Parameters<ToolServer['lookAtTask']>): ReturnType<ToolServer['lookAtTask']> {
    return this.#server.lookAtTask(...given);
  }

  cancelTask(taskId: string): Promise<void> {
    return this.#server.cancelTask(taskId);
  }

  /** Nobody needs the connection for now; what was listed stays. */
  rest(): void {
    this.#server.rest();
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  /** Nothing was run where a login is needed, so the call may be made again after it. */
  async #callTool(tool: ListedTool, args: ToolArguments, context: CallContext): Promise<ToolAnswer> {
    for (let logins = 0; ; logins += 1) {
      try {
        return await this.#server.call(tool, args, context);
      } catch (error) {
        if (!(error instanceof LoginNeeded)) throw error;
        this.#note(error);
        if (logins >= mostLogins)
          return {
            ok: false,
            text: `Not run: "${this.name}" does not let the asker do this, with their login either.`,
          };
        if (!(await this.#askToLogIn(context))) return this.#notConnected(context);
      }
    }
  }

  async #connect(context: CallContext): Promise<ToolAnswer> {
    for (let logins = 0; !((await this.#look()) && (await this.#isTaken(context.signal))); logins += 1) {
      if (logins >= mostLogins) return this.#notTaken();
      if (!(await this.#askToLogIn(context))) return this.#notConnected(context);
    }
    const names = this.#server.tools.slice(0, mostNamedTools).map(({ name }) => name);
    if (names.length === 0 && !this.#server.isUp)
      return { ok: false, text: `The asker is logged in at "${this.name}", but it cannot be reached right now.` };
    return { ok: true, text: `The asker is logged in at "${this.name}". Its tools: ${names.join(', ') || 'none'}.` };
  }

  /** Whether the server takes the login that there is. A server that is merely down does not say no. */
  async #isTaken(signal: AbortSignal): Promise<boolean> {
    await this.#server.ready(signal, listWithinMs);
    const { loginNeeded } = this.#server;
    if (loginNeeded !== undefined) this.#note(loginNeeded);
    return loginNeeded === undefined;
  }

  async #askToLogIn({ askLogin, signal }: CallContext): Promise<boolean> {
    return await askLogin(this.name, async (either) => {
      await this.#logins.tokens.next(this.#personId, this.name, AbortSignal.any([signal, either]));
    });
  }

  #note({ challenge }: LoginNeeded): void {
    if (challenge !== undefined) this.#logins.noteChallenge(this.#personId, this.name, challenge);
  }

  /** @returns whether there is a login. */
  async #look(): Promise<boolean> {
    try {
      const isConnected = (await this.#logins.tokens.load(this.#personId, this.#config)) !== undefined;
      if (isConnected !== this.#isConnected) {
        this.#isConnected = isConnected;
        this.#onToolsChange();
      }
    } catch (error) {
      this.#log.warn('login-not-read', { server: this.name, error });
    }
    return this.#isConnected;
  }

  #notTaken(): ToolAnswer {
    return { ok: false, text: `Not run: "${this.name}" does not let the asker do this, with their login either.` };
  }

  #notConnected({ signal }: CallContext): ToolAnswer {
    if (signal.aborted) return { ok: false, text: 'The call was stopped.' };
    const advice = 'They can do so with /connections and ask again.';
    return {
      ok: false,
      text: `Not run: the asker was asked to log in at "${this.name}" and did not in time. ${advice}`,
    };
  }
}

function toConnectTool(server: string): ListedTool {
  return {
    name: `connect_${server.replace(/[^\w-]/g, '_').slice(0, longestServerName)}`,
    description:
      'Asks the person who asks you to log in there with an account of their own, and waits for it. Call this when you need ' +
      'what is behind it and none of its other tools is there: they come with the login.',
    inputSchema: { type: 'object', properties: {} },
    outputSchema: undefined,
    isRepeatable: true,
    isDestructive: false,
  };
}
