/** A request that somebody waits for: how long it may take, what it may ask, what it reports. */
import { cut, toOneLine } from '../../../text.ts';
import type { CallProgress } from '../../agent.ts';
import { Countdown } from '../../turn/countdown.ts';
import type { CallContext, CallLimits } from '../tool.ts';
import { ToolFailure } from '../tool-failure.ts';
import type { RequestOptions } from './client.ts';
import type { PeopleRequests } from './people-requests.ts';
import type { RunningCall, RunningCalls } from './running-calls.ts';

/** In characters. */
const longestProgress = 200;

export interface CallScene {
  readonly calls: RunningCalls;
  readonly people: PeopleRequests;
  readonly context: CallContext;
  readonly limits: CallLimits;
}

/**
 * It has two times: silence, which each report of progress and each question begins anew, and a whole.
 * @param what Is waited for, as `tool "add"`.
 * @throws {ToolFailure} `late`, or what the request throws.
 */
export async function timedCall<Result>(
  what: string,
  { calls, people, context, limits }: CallScene,
  request: (options: RequestOptions) => Promise<Result>,
): Promise<Result> {
  const silence = new Countdown(limits.silenceMs, `did not answer within ${limits.silenceMs / 1000} s`);
  const whole = new Countdown(limits.maxMs, `took longer than ${limits.maxMs / 1000} s and was stopped`);
  const late = AbortSignal.any([silence.signal, whole.signal]);
  const failed = new AbortController();
  const over = new AbortController();
  const call: RunningCall = {
    context,
    over: over.signal,
    answers: 0,
    paused: (wait) => silence.pausedFor(whole.pausedFor(wait)),
    fail: (failure) => failed.abort(failure),
  };
  const onProgress: CallContext['onProgress'] = (progress) => {
    silence.restart();
    if (Number.isFinite(progress.progress)) context.onProgress(toShownProgress(progress));
  };
  const onInput = (asked: unknown) => {
    silence.restart();
    return people.answer(asked, call);
  };
  const onAnswer = () => {
    call.answers += 1;
  };
  try {
    const signal = AbortSignal.any([context.signal, late, failed.signal]);
    return await calls.during(call, () => request({ signal, onProgress, onInput, onAnswer }));
  } catch (error) {
    if (late.aborted && !context.signal.aborted) throw new ToolFailure('late', `The ${what} ${late.reason}.`);
    throw error;
  } finally {
    silence.stop();
    whole.stop();
    // With a reason: without one, an error with its stack would be made for it.
    over.abort('over');
  }
}

/** What a server says of it may be of any length, and is shown on one line. */
function toShownProgress({ progress, total, message }: CallProgress): CallProgress {
  return {
    progress,
    ...(total === undefined || !Number.isFinite(total) ? {} : { total }),
    ...(message === undefined ? {} : { message: toOneLine(cut(message, longestProgress)) }),
  };
}
