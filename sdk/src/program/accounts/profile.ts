/** The profile: who may act for a wallet in this program, which keys are current, and who has asked for contact. */
import { sha256 } from "@noble/hashes/sha2.js";
import { invalidAccount, openAccount, type AccountData } from "./reader.js";
import type { Address } from "../address.js";

export const PROFILE_BYTES = 432;
export const PROFILE_DISCRIMINATOR = sha256(new TextEncoder().encode("account:Profile")).slice(0, 8);
/** How many of the newest requests a profile names. */
export const RECENT_REQUESTS = 8;

const NO_GENERATION = 0xffff_ffff;

/** Who may ask for contact: anyone, anyone who pays postage (lamports), nobody. */
export type ContactPolicy = { readonly kind: "open" } | { readonly kind: "postage"; readonly lamports: bigint } | { readonly kind: "closed" };
export type RootKind = "wallet" | "vault" | "given";

export const POLICY_CODE = { open: 0, postage: 1, closed: 2 } as const;
export const ROOT_KIND_CODE = { wallet: 1, vault: 2, given: 3 } as const;
const ROOT_KINDS: readonly (RootKind | undefined)[] = [undefined, "wallet", "vault", "given"];

export type Profile = {
  readonly policy: ContactPolicy;
  readonly rootKind: RootKind;
  readonly rootNumber: number;
  /** Undefined before the first key bundle is activated. */
  readonly currentGeneration: number | undefined;
  readonly nextGeneration: number;
  /** Key bundle accounts that exist. */
  readonly bundles: number;
  /** Requests ever received. */
  readonly requests: bigint;
  readonly wallet: Address;
  readonly delegate: Address;
  readonly refund: Address;
  /** Inboxes of the newest requests, newest first. */
  readonly recent: readonly Address[];
};

/**
 * Decodes a profile.
 * @throws PosternError ACCOUNT_INVALID for anything that the program cannot have written.
 */
export function decodeProfile(account: AccountData, program: Address): Profile {
  const read = openAccount(account, "profile", PROFILE_DISCRIMINATOR, PROFILE_BYTES, program);
  const rootKind = ROOT_KINDS[read.u8(10)];
  if (rootKind === undefined) throw invalidAccount("profile", "its root kind is unknown");
  const requests = read.u64(32);
  const kept = requests < BigInt(RECENT_REQUESTS) ? Number(requests) : RECENT_REQUESTS;
  const recent = Array.from({ length: kept }, (_, i) => {
    const slot = Number((requests - 1n - BigInt(i)) % BigInt(RECENT_REQUESTS));
    return read.address(144 + 32 * slot);
  });
  const generation = read.u32(16);
  return {
    policy: decodePolicy(read.u8(9), read.u64(40)),
    rootKind,
    rootNumber: read.u32(12),
    currentGeneration: generation === NO_GENERATION ? undefined : generation,
    nextGeneration: read.u32(20),
    bundles: read.u32(24),
    requests,
    wallet: read.address(48),
    delegate: read.address(80),
    refund: read.address(112),
    recent,
  };
}

function decodePolicy(code: number, lamports: bigint): ContactPolicy {
  if (code === POLICY_CODE.open) return { kind: "open" };
  if (code === POLICY_CODE.postage) return { kind: "postage", lamports };
  if (code === POLICY_CODE.closed) return { kind: "closed" };
  throw invalidAccount("profile", "its contact policy is unknown");
}
