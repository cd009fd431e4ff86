/** REST as those see it who run the simulator: what was asked, and what shall go wrong. */

/** One REST request as it came in and was answered. */
export interface LoggedRequest {
  readonly method: string;
  /** With ids, e.g. `/channels/123/messages`. */
  readonly path: string;
  /** Without ids, e.g. `/channels/{channel.id}/messages`; undefined for a route the simulator does not have. */
  readonly route?: string;
  readonly body?: unknown;
  readonly status: number;
  /** Of the client's end of the connection. */
  readonly port: number;
  /** Milliseconds since 1970 UTC, fractions kept. */
  readonly receivedAt: number;
  readonly answeredAt: number;
}

/** Something to go wrong with the next `times` (default 1) requests that match. Consumed as it strikes. */
export interface RestFault {
  readonly method?: string;
  /** As in {@link LoggedRequest.route}; a string must be equal, a pattern match the path. */
  readonly route?: string | RegExp;
  readonly times?: number;
  /** How many matching requests pass before. Default 0. */
  readonly skip?: number;
  readonly effect:
    | {
        readonly type: 'status';
        readonly status: number;
        /** JSON, or a text that is sent as a page. */
        readonly body?: unknown;
        readonly headers?: Readonly<Record<string, string>>;
      }
    /** Does the work, then answers 500: the unclear failure. */
    | { readonly type: 'fail-after-storing' }
    /** Discord has switched the route off for a while: 403 with a page. Use with `times: Infinity`. */
    | { readonly type: 'switched-off' }
    | { readonly type: 'reset' }
    | { readonly type: 'reset-after-storing' }
    | { readonly type: 'delay'; readonly delayMs: number }
    | { readonly type: 'rate-limit'; readonly retryAfterMs: number; readonly isGlobal?: boolean };
}
