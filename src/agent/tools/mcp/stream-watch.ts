/**
 * Notices that the event stream of an answer ended before the answer: the SDK would wait for it until time is up. A stream
 * that numbers its events may be resumed, which the SDK does by itself, so that its end means nothing.
 */

/** @param onLost Called when the stream is over, the connection having broken or not, and cannot be resumed. The answer may have come: whoever waits for it knows. */
export function watchStream(response: Response, onLost: () => void): Response {
  const isStream = response.headers.get('content-type')?.includes('text/event-stream') === true;
  if (!isStream || response.body === null) return response;
  let isResumable = false;
  const decoder = new TextDecoder();
  // As if a line had just ended.
  let tail = '\n';
  const reader = response.body.getReader();
  // The answer, if it is in the last chunk, is handled before this.
  const over = () => void (isResumable || setTimeout(onLost));
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          over();
          controller.close();
          return;
        }
        const text = tail + decoder.decode(value, { stream: true });
        isResumable ||= /\nid:/.test(text);
        tail = text.slice(-4);
        controller.enqueue(value);
      } catch (error) {
        over();
        controller.error(error);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers });
}
