/** What things cost here and now, before anyone is asked to pay. */
import { INBOX_HEADER_BYTES, type Address } from "../program/index.js";
import { ANSWER_RING_BYTES } from "../send/answer.js";
import type { SendContext } from "../send/context.js";
import { REQUEST_RING_BYTES } from "../send/open.js";
import { notRegistered } from "../sync/peer-keys.js";
import { registrationCost } from "./registration.js";

/** Lamports. Rent returns when the account is closed; `refundableLamports` is the part of the cost that does. */
export type Cost = { readonly rentLamports: bigint; readonly feeLamports: bigint; readonly postageLamports: bigint; readonly refundableLamports: bigint };

/**
 * `register` without the delegate's funding; `open` with a first message of up to 87 bytes (longer ones cost one more fee);
 * `answer` with a first message; `message` in an inbox with room.
 */
export type CostEstimate = { readonly register: Cost; readonly open: Cost; readonly answer: Cost; readonly message: Cost; readonly lamportsPerByte: bigint };

/** First contact: the request with half the handshake, then the rest with a short message. */
const OPENING_TRANSACTIONS = 2n;

/** @throws PosternError PEER_NOT_REGISTERED for a peer without a profile, RPC_FAILED */
export async function estimateCosts(send: SendContext, peer: Address | undefined): Promise<CostEstimate> {
  const { fees, priority } = send.submitter;
  await priority.bid([], 1);
  const fee = (await fees.signatureLamports()) + priority.typicalLamports;
  const { lamportsPerByte } = await fees.rentRate();
  const register = await registrationCost(send);
  return {
    register: cost(register.rentLamports, register.feeLamports),
    open: cost(await fees.rentLamports(INBOX_HEADER_BYTES + REQUEST_RING_BYTES), OPENING_TRANSACTIONS * fee, peer === undefined ? 0n : await postageOf(send, peer)),
    answer: cost(await fees.rentLamports(INBOX_HEADER_BYTES + ANSWER_RING_BYTES), fee),
    message: cost(0n, fee),
    lamportsPerByte,
  };
}

async function postageOf({ peers }: SendContext, peer: Address): Promise<bigint> {
  const profile = await peers.profile(peer);
  if (profile === undefined) throw notRegistered(peer);
  return profile.policy.kind === "postage" ? profile.policy.lamports : 0n;
}

function cost(rentLamports: bigint, feeLamports: bigint, postageLamports = 0n): Cost {
  return { rentLamports, feeLamports, postageLamports, refundableLamports: rentLamports };
}
