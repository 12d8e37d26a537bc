/** What became of a transaction that is on its way, by what an endpoint says of it from one look to the next. */
import { expect } from "chai";
import { isPosternError, PosternError } from "../../sdk/src/errors.js";
import type { Commitment } from "../../sdk/src/net/connection.js";
import type { Rpc, SignatureStatus } from "../../sdk/src/net/rpc.js";
import type { Fees } from "../../sdk/src/send/fees.js";
import type { PriorityFees } from "../../sdk/src/send/priority.js";
import { Submitter } from "../../sdk/src/send/submit.js";

const ADDRESS = "SysvarC1ock11111111111111111111111111111111";
const LAST_VALID = 100;
const SIGNED = { signature: "signature", wire: new Uint8Array(1), lastValidBlockHeight: LAST_VALID, feeLamports: 5_000n };
const at = (commitment: string, err: unknown = null): SignatureStatus => ({ err, commitment });
const down = new PosternError("RPC_FAILED", "no");
const SEQUENCE_MISMATCH = { InstructionError: [0, { Custom: 0x1775 }] };

/** One look: what the cache of recent transactions says, what history says, and how high the chain is. An error is thrown. */
type Look = { readonly recent: SignatureStatus | null | Error; readonly past?: SignatureStatus | null; readonly height?: number | Error };

/** Follows a transaction through these looks, the last of which goes on. */
async function outcome(looks: readonly Look[], { commitment = "confirmed" as Commitment, broadcast = async (): Promise<void> => undefined, onLook = (): void => undefined } = {}): Promise<unknown> {
  let look = -1;
  const current = (): Look => looks[Math.min(Math.max(look, 0), looks.length - 1)]!;
  const told = <T>(value: T | Error): T => {
    if (value instanceof Error) throw value;
    return value;
  };
  const rpc = {
    commitment, broadcast,
    signatureStatus: async (_: string, inHistory: boolean) => {
      if (inHistory) return current().past ?? null;
      look++;
      onLook();
      return told(current().recent);
    },
    blockHeight: async () => told(current().height ?? LAST_VALID),
  } as unknown as Rpc;
  const followed = new Submitter(rpc, {} as Fees, {} as PriorityFees).follow(SIGNED, undefined);
  return followed.then(({ status }) => status, (error: unknown) => (isPosternError(error) ? error.code : String(error)));
}

describe("a transaction on its way", () => {
  const { now } = performance;
  afterEach(() => void (performance.now = now));

  it("has landed where only history still knows it, though its blockhash has run out", async () => {
    expect(await outcome([{ recent: null, past: at("finalized"), height: LAST_VALID + 1 }])).to.equal("finalized");
    expect(await outcome([{ recent: null, past: at("confirmed", SEQUENCE_MISMATCH), height: LAST_VALID + 1 }]), "and failed").to.equal("SEQUENCE_MISMATCH");
  });

  it("has expired once nothing knows it behind the last block that may take it, and not in that block", async () => {
    expect(await outcome([{ recent: null, height: LAST_VALID + 1 }])).to.equal("TRANSACTION_EXPIRED");
    expect(await outcome([{ recent: null, height: LAST_VALID }, { recent: at("confirmed") }])).to.equal("confirmed");
  });

  it("has neither failed nor landed while it is only processed: another fork may take it otherwise", async () => {
    expect(await outcome([{ recent: at("processed", SEQUENCE_MISMATCH) }, { recent: at("confirmed") }])).to.equal("confirmed");
    expect(await outcome([{ recent: at("processed") }, { recent: at("confirmed", SEQUENCE_MISMATCH) }])).to.equal("SEQUENCE_MISMATCH");
  });

  it("has landed for a session of finalized ones when it is finalized, and not before", async () => {
    const looks = [{ recent: at("confirmed") }, { recent: at("finalized") }];
    expect(await outcome(looks, { commitment: "finalized" })).to.equal("finalized");
    expect(await outcome(looks)).to.equal("confirmed");
  });

  it("is followed though the endpoint took no word of it, or says nothing for a moment", async () => {
    expect(await outcome([{ recent: down }, { recent: null }, { recent: at("confirmed") }], { broadcast: async () => Promise.reject(down) })).to.equal("confirmed");
  });

  it("may have landed where the endpoint says nothing until it can land no more: that is RPC_FAILED, never expired", async () => {
    expect(await outcome([{ recent: down, height: LAST_VALID }, { recent: down, height: LAST_VALID + 1 }, { recent: null, height: LAST_VALID + 1 }])).to.equal("RPC_FAILED");
  });

  it("may have landed where the endpoint says nothing at all for eight seconds", async () => {
    let passedMs = 0;
    performance.now = () => passedMs;
    const looks = [...Array.from({ length: 4 }, (): Look => ({ recent: down, height: down })), { recent: at("confirmed") }];
    expect(await outcome(looks, { onLook: () => (passedMs += 3_000) }), "six, and one look more").to.equal("RPC_FAILED");
    expect(await outcome([looks[0]!, looks[4]!], { onLook: () => (passedMs += 3_000) })).to.equal("confirmed");
  });

  it("may have landed where it is processed for half a minute, and can land no more", async () => {
    let passedMs = 0;
    performance.now = () => passedMs;
    const looks = (height: number): Look[] => [...Array.from({ length: 5 }, (): Look => ({ recent: at("processed"), height })), { recent: at("confirmed") }];
    expect(await outcome(looks(LAST_VALID + 1), { onLook: () => (passedMs += 10_000) })).to.equal("RPC_FAILED");
    expect(await outcome(looks(LAST_VALID), { onLook: () => (passedMs += 10_000) }), "it can still land").to.equal("confirmed");
    expect(await outcome(looks(LAST_VALID + 1), { onLook: () => (passedMs += 1_000) }), "it is not long yet").to.equal("confirmed");
    expect(await outcome([{ recent: null, past: at("processed"), height: LAST_VALID + 1 }], { onLook: () => (passedMs += 10_000) }), "in history alone").to.equal("RPC_FAILED");
    expect(await outcome([{ recent: at("processed"), height: down }], { onLook: () => (passedMs += 10_000) }), "and nobody says how high the chain is").to.equal("RPC_FAILED");
  });

  it("is signed anew once it has expired where that is harmless, twice at most, and never where it would be paid for twice", async () => {
    const signed = async (repeatable: boolean): Promise<[code: string, times: number]> => {
      let times = 0;
      const rpc = {
        commitment: "confirmed", broadcast: async () => undefined, signatureStatus: async () => null, blockHeight: async () => LAST_VALID + 1,
        latestBlockhash: async () => ({ blockhash: ADDRESS, lastValidBlockHeight: LAST_VALID }), simulate: async () => ({ err: null, units: undefined, loadedBytes: undefined }),
      } as unknown as Rpc;
      const submitter = new Submitter(rpc, { signatureLamports: async () => 5_000n } as Fees, {} as PriorityFees);
      const sign = async (): Promise<{ wire: Uint8Array; signature: Uint8Array }> => (times++, { wire: SIGNED.wire, signature: new Uint8Array(64).fill(times) });
      const code = await submitter.submit({ instructions: [], feePayer: ADDRESS, sign, repeatable }).then(() => "landed", (error: unknown) => (isPosternError(error) ? error.code : String(error)));
      return [code, times];
    };
    expect(await signed(true)).to.deep.equal(["TRANSACTION_EXPIRED", 3]);
    expect(await signed(false)).to.deep.equal(["TRANSACTION_EXPIRED", 1]);
  });
});
