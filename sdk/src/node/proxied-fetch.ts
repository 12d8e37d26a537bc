import { HttpsProxyAgent } from "https-proxy-agent";
import http from "node:http";
import https from "node:https";
import { Readable } from "node:stream";
import { SocksProxyAgent } from "socks-proxy-agent";

import { PosternError } from "../errors.js";

/** Statuses whose answer has no body (Fetch standard, "null body status"). */
const NULL_BODY_STATUSES = [101, 204, 205, 304];

/**
 * A `fetch` whose every request goes through a proxy, for `new Connection(url, { fetch })` of web3.js 1.x, which ignores an
 * `httpAgent` wherever the platform has its own fetch. The name of the server is looked up at the proxy, never here; with
 * `https:` the proxy sees that name and ciphertext. Redirects are handed back, not followed. Environment variables such as
 * NO_PROXY have no say.
 *
 * @param proxyUrl - `socks5h://`, `socks5://` (means the same here) or `socks4a://`, where the port defaults to 1080; or an
 * HTTP proxy that allows CONNECT, `http://` or `https://`. User and password may stand in it: Tor keeps circuits apart by them.
 * @throws PosternError `INVALID_ARGUMENT` for another kind of URL; from the returned function `RPC_FAILED` when there is no
 * answer, and what the signal says when it is aborted.
 */
export function proxiedFetch(proxyUrl: string): typeof globalThis.fetch {
  const agent = agentFor(proxyUrl);
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (input instanceof Request || (init.body != null && typeof init.body !== "string")) {
      throw new PosternError("INVALID_ARGUMENT", "The proxied fetch takes a URL and a body of text, as JSON-RPC clients pass them.");
    }
    return send(url, init, agent);
  };
}

function send(url: URL, init: RequestInit, agent: http.Agent): Promise<Response> {
  const { promise, resolve, reject } = deferred<Response>();
  const request = (url.protocol === "https:" ? https : http).request(url, {
    agent,
    method: init.method ?? "GET",
    headers: headersOf(init),
    ...(init.signal ? { signal: init.signal } : {}),
  });
  request.once("response", (answer) => resolve(toResponse(answer)));
  request.once("error", (error: NodeJS.ErrnoException) => {
    // Neither the error nor its cause is passed on: a SOCKS error carries the proxy's options.
    reject(init.signal?.aborted ? init.signal.reason : new PosternError("RPC_FAILED", "No answer came through the proxy; check that the proxy runs and that the RPC URL is right.", {
      context: { host: url.host, code: error.code },
    }));
  });
  request.end(init.body ?? undefined);
  return promise;
}

function headersOf(init: RequestInit): Record<string, string> {
  const headers: Record<string, string> = {};
  new Headers(init.headers).forEach((value, name) => (headers[name] = value));
  return headers;
}

function toResponse(answer: http.IncomingMessage): Response {
  const headers = new Headers();
  for (let i = 0; i < answer.rawHeaders.length; i += 2) headers.append(answer.rawHeaders[i]!, answer.rawHeaders[i + 1]!);
  const status = answer.statusCode ?? 502;
  const empty = NULL_BODY_STATUSES.includes(status);
  if (empty) answer.resume();
  return new Response(empty ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>), { status, statusText: answer.statusMessage ?? "", headers });
}

function agentFor(proxyUrl: string): http.Agent {
  const url = URL.canParse(proxyUrl) ? new URL(proxyUrl) : undefined;
  switch (url?.protocol) {
    case "socks:":
    case "socks5:":
    case "socks5h:": // the agent would look names up here for a plain "socks5:"
      return new SocksProxyAgent(withProtocol(url, "socks5h"), { keepAlive: true });
    case "socks4a:":
      return new SocksProxyAgent(url, { keepAlive: true });
    case "http:":
    case "https:":
      return new HttpsProxyAgent(url, { keepAlive: true });
    default:
      throw new PosternError("INVALID_ARGUMENT", "A proxy URL begins with socks5h://, socks5://, socks4a://, http:// or https://.");
  }
}

function withProtocol(url: URL, protocol: string): URL {
  return new URL(url.href.replace(/^[^:]+/, protocol));
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (reason: unknown) => void } {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}
