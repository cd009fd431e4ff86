/** Finds the route of a request. Knows paths, not what they do. */

import type { SimulatedAttachment } from '../face/message.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A file of a multipart body; the number is that of its field `files[n]`. */
export interface UploadedFile extends Pick<SimulatedAttachment, 'filename' | 'contentType' | 'data'> {
  readonly index: number;
}

export interface RouteRequest {
  /** The value of `{name}` in the pattern. */
  readonly parameter: (name: string) => string;
  readonly query: URLSearchParams;
  /** The JSON body, or `payload_json` of a multipart one; `{}` without a body. */
  readonly body: unknown;
  readonly files: readonly UploadedFile[];
}

export interface RouteAnswer {
  readonly status: number;
  /** Undefined for an answer without a body. */
  readonly body?: unknown;
}

export type BucketName = 'create' | 'edit' | 'typing' | 'follow-up';

export interface Route {
  readonly method: HttpMethod;
  /** As in {@link RouteRequest}: `/channels/{channel.id}/messages`. */
  readonly pattern: string;
  /** False for routes whose path holds a token of its own; these do not count toward the global limit either. */
  readonly needsToken: boolean;
  /** The limit of its own that the route has per channel (or interaction). */
  readonly bucket?: BucketName;
  /** Name of Discord's published schema of the body; a route without one takes no body and ignores what comes as such. */
  readonly bodySchema?: string | ((body: unknown) => string | undefined);
  readonly handle: (request: RouteRequest) => RouteAnswer;
}

export interface RouteMatch {
  readonly route: Route;
  readonly parameters: ReadonlyMap<string, string>;
}

export interface Router {
  readonly routes: readonly Route[];
  /** `wrong-method` when the path is there for other methods. `path` is not decoded yet. */
  find(method: string, path: string): RouteMatch | 'wrong-method' | 'unknown';
}

/** Of two routes that fit, the earlier one wins. */
export function createRouter(routes: readonly Route[]): Router {
  const compiled = routes.map((route) => ({ route, segments: toSegments(route.pattern) }));
  return {
    routes,
    find(method, path) {
      const segments = toSegments(path).map(decodeSegment);
      let isPathKnown = false;
      for (const candidate of compiled) {
        const parameters = match(candidate.segments, segments);
        if (parameters === undefined) continue;
        if (candidate.route.method === method) return { route: candidate.route, parameters };
        isPathKnown = true;
      }
      return isPathKnown ? 'wrong-method' : 'unknown';
    },
  };
}

function match(pattern: readonly string[], segments: readonly string[]): Map<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const parameters = new Map<string, string>();
  for (const [index, expected] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (expected.startsWith('{')) parameters.set(expected.slice(1, -1), segment);
    else if (expected !== segment) return undefined;
  }
  return parameters;
}

function toSegments(path: string): string[] {
  return path.split('/').slice(1);
}

function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    // A stray percent sign is part of no route: it stays and will match none.
    return segment;
  }
}
