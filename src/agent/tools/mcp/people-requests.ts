/**
 * What one server asks of people while its calls run: a form, or a page to open. It goes to the asker of the call that it belongs
 * to, and to nobody else; what is neither, or cannot be shown, is declined.
 */
import { z } from 'zod';
import type { ToolServerConfig } from '../../../config/tool-servers.ts';
import type { Logger } from '../../../log.ts';
import type { FormReply, FormRequest } from '../../form.ts';
import { ToolFailure } from '../tool-failure.ts';
import { toFormRequest } from './elicitation.ts';
import { isLoopback, isPageRequest, toPageRequest } from './page-request.ts';
import type { RunningCall, RunningCalls } from './running-calls.ts';
import { relatedTask } from './task-protocol.ts';

const relatedSchema = z.object({ _meta: z.object({ [relatedTask]: z.object({ taskId: z.string() }) }) });
const inputRequestSchema = z.object({ method: z.literal('elicitation/create'), params: z.unknown() });

/** What is asked, and by which id the server says that it needs no answer any more: the page has done its work. */
interface Asked {
  readonly form: FormRequest;
  readonly doneBy: string | undefined;
}

export class PeopleRequests {
  readonly #server: string;
  readonly #isLocal: boolean;
  readonly #calls: RunningCalls;
  readonly #log: Logger;
  /** Pages that are open, by the id of the server. */
  readonly #pages = new Map<string, AbortController>();

  constructor(config: ToolServerConfig, calls: RunningCalls, log: Logger) {
    this.#server = config.name;
    this.#isLocal = 'command' in config || isLoopback(new URL(config.url).hostname);
    this.#calls = calls;
    this.#log = log;
  }

  /** What a server of the earlier revisions asks by itself. @param gone Aborts when it does not want to know any more. */
  async ask(params: unknown, gone: AbortSignal): Promise<FormReply> {
    const call = this.#calls.ofForm(taskOf(params));
    const asked = this.#read(params);
    if (call === undefined || call.over.aborted || asked === undefined || gone.aborted) return this.#decline();
    return await this.#show(asked, call, AbortSignal.any([gone, call.over]));
  }

  /** What a server wants to know before it goes on with this very call. @throws {ToolFailure} for anything but a form or a page. */
  async answer(request: unknown, call: RunningCall): Promise<FormReply> {
    const input = inputRequestSchema.safeParse(request);
    if (!input.success)
      throw new ToolFailure('refused', 'The tool server asked for something that nobody here can give.');
    const asked = this.#read(input.data.params);
    return asked === undefined ? this.#decline() : await this.#show(asked, call, call.over);
  }

  /** The server says that a page has done its work: the asker need not say so. */
  done(elicitationId: string): void {
    this.#pages.get(elicitationId)?.abort('done');
  }

  #read(params: unknown): Asked | undefined {
    if (isPageRequest(params)) {
      const page = toPageRequest(this.#server, params, this.#isLocal);
      return page && { form: page.form, doneBy: page.elicitationId };
    }
    const form = toFormRequest(this.#server, params);
    return form && { form, doneBy: undefined };
  }

  async #show({ form, doneBy }: Asked, call: RunningCall, gone: AbortSignal): Promise<FormReply> {
    if (doneBy === undefined) return await call.paused(call.context.askForm(form, gone));
    const done = new AbortController();
    this.#pages.set(doneBy, done);
    try {
      const reply = await call.paused(call.context.askForm(form, AbortSignal.any([gone, done.signal])));
      return done.signal.aborted && reply.action === 'cancel' ? { action: 'accept' } : reply;
    } finally {
      if (this.#pages.get(doneBy) === done) this.#pages.delete(doneBy);
    }
  }

  #decline(): FormReply {
    this.#log.warn('form-declined', { server: this.#server, runningCalls: this.#calls.count });
    return { action: 'decline' };
  }
}

/** The task for which something is asked, where the server says so. */
function taskOf(params: unknown): string | undefined {
  const related = relatedSchema.safeParse(params);
  return related.success ? related.data._meta[relatedTask]?.taskId : undefined;
}
