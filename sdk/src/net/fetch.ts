/** The `fetch` of connections that the SDK opens itself. */
import { retryAfterMs, StatusError } from "./failure.js";

/** What an answer may have in bytes: a hundred requests of the largest size that is read are 18 MB in base64. */
const MAX_ANSWER_BYTES = 64 * 1_024 * 1_024;

/**
 * A `fetch` for `new Connection(url, { fetch, disableRetryOnRateLimit: true })`: a request ends with the session or after
 * `timeoutMs`, its body included, so that no socket outlives either; a status that is no answer is thrown with what it asks for.
 * @throws StatusError from the returned function
 */
export function endingFetch(ending: AbortSignal, timeoutMs: number): typeof globalThis.fetch {
  return async (input, init) => {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    try {
      const answer = await fetch(input, { ...init, signal: AbortSignal.any([ending, late.signal]) });
      const { ok, status, headers } = answer;
      if (!ok) {
        await answer.body?.cancel();
        throw new StatusError(status, retryAfterMs(headers.get("retry-after"), Date.now()));
      }
      return new Response(await textOf(answer), { status });
    } finally {
      clearTimeout(timer);
    }
  };
}

/** The body, unless it has no end. */
async function textOf(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (const reader = answer.body?.getReader(); reader !== undefined;) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.length;
    if (bytes > MAX_ANSWER_BYTES) {
      await reader.cancel();
      throw new Error(`an answer of more than ${MAX_ANSWER_BYTES} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}
