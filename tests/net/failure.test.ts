import { SolanaJSONRPCError } from "@solana/web3.js";
import { expect } from "chai";
import { judge, pauseMs, retryAfterMs, StatusError } from "../../sdk/src/net/failure.js";

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);
const rpcError = (code: number): Error => new SolanaJSONRPCError({ code, message: "no" }, "as web3.js has it");

describe("a failed call", () => {
  for (const [what, cause] of Object.entries({
    "a connection that broke": Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNRESET" } }),
    "an answer that is no JSON": new SyntaxError("Unexpected end of JSON input"),
    "500, as web3.js tells it": new Error("500 Internal Server Error: <html>"),
    "408": new StatusError(408, undefined),
    "503 with Retry-After": new StatusError(503, 1_000),
    "a node that lags (-32005)": rpcError(-32_005),
    "a slot that is not reached yet (-32016)": rpcError(-32_016),
    "something that is no error": "no",
  })) {
    it(`is put again after ${what}`, () => expect(judge(cause).isPassing).to.equal(true));
  }

  for (const [what, cause] of Object.entries({
    "400, as web3.js tells it": new Error("400 Bad Request: no"),
    "403": new StatusError(403, undefined),
    "unknown parameters (-32602)": rpcError(-32_602),
    "a signature to page from that is unknown (-32020)": rpcError(-32_020),
    "history that is not kept (-32011)": rpcError(-32_011),
    "a version that is not read (-32015)": rpcError(-32_015),
  })) {
    it(`is not put again after ${what}`, () => expect(judge(cause)).to.deep.equal({ isPassing: false, throttledMs: undefined }));
  }

  it("means to leave the endpoint alone for as long as it says, or a little where it does not, and only then", () => {
    expect(judge(new StatusError(429, 7_000)).throttledMs).to.equal(7_000);
    expect(judge(new StatusError(503, 3_000)).throttledMs).to.equal(3_000);
    for (const unsaid of [new StatusError(429, undefined), new Error("429 Too Many Requests: slow down"), rpcError(429), rpcError(-32_429)]) {
      expect(judge(unsaid)).to.deep.equal({ isPassing: true, throttledMs: 250 });
    }
    for (const other of [new StatusError(503, undefined), rpcError(-32_005), new Error("4290 things")]) expect(judge(other).throttledMs).to.equal(undefined);
  });
});

describe("Retry-After", () => {
  it("is seconds, or a date, at most a minute and never before now", () => {
    expect(retryAfterMs("3", NOW)).to.equal(3_000);
    expect(retryAfterMs(" 0 ", NOW)).to.equal(0);
    expect(retryAfterMs("Thu, 01 Jan 2026 12:00:05 GMT", NOW)).to.equal(5_000);
    expect(retryAfterMs("Thu, 01 Jan 2026 11:00:00 GMT", NOW)).to.equal(0);
    expect(retryAfterMs("99999999999", NOW)).to.equal(60_000);
  });

  it("that is absent or nonsense says nothing", () => {
    for (const header of [null, "", "soon", "-3", "1e9 s"]) expect(retryAfterMs(header, NOW)).to.equal(undefined);
  });
});

describe("the pause between tries", () => {
  it("is anywhere below a limit that doubles, up to two seconds", () => {
    for (const [tried, limit] of [[1, 100], [2, 200], [3, 400], [20, 2_000]] as const) {
      const pauses = Array.from({ length: 400 }, () => pauseMs(tried));
      expect(Math.min(...pauses)).to.be.within(0, limit / 4);
      expect(Math.max(...pauses)).to.be.within((limit * 3) / 4, limit);
    }
  });
});
