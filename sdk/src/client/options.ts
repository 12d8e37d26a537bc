/** What an app passes in, checked before it is used. */
import { Connection as Web3Connection } from "@solana/web3.js";
import { PosternError } from "../errors.js";
import type { Commitment, Connection } from "../net/connection.js";
import { endingFetch } from "../net/fetch.js";
import { ANSWER_TIMEOUT_MS } from "../net/rpc.js";
import type { ContactPolicy } from "../program/index.js";
import { isKeySource, type KeySource } from "./key-source.js";
import type { ConnectOptions } from "./postern.js";

export function checkOptions({ acknowledge, archive, growth, fees, commitment, session }: ConnectOptions, keys: KeySource): void {
  requireKeySource(keys);
  if (commitment !== undefined && commitment !== "confirmed" && commitment !== "finalized") {
    throw new PosternError("INVALID_ARGUMENT", 'commitment is "confirmed" or "finalized".');
  }
  if (session !== undefined && session !== "memory" && session !== "device") throw new PosternError("INVALID_ARGUMENT", 'session is "memory" or "device".');
  if (acknowledge !== undefined && acknowledge !== "lazy" && acknowledge !== "never") throw new PosternError("INVALID_ARGUMENT", 'acknowledge is "lazy" or "never".');
  const kept = archive?.maxMessagesPerConversation ?? 0;
  if (!Number.isInteger(kept) || kept < 0 || kept > 1_000_000) throw new PosternError("INVALID_ARGUMENT", "archive.maxMessagesPerConversation is a whole number from 0 to 1,000,000.");
  if (growth !== undefined && (!Number.isInteger(growth.maxBytesPerInbox) || growth.maxBytesPerInbox < 0 || growth.maxBytesPerInbox > 10_000_000)) {
    throw new PosternError("INVALID_ARGUMENT", "growth.maxBytesPerInbox is a whole number from 0 to 10,000,000.");
  }
  const bid = fees?.maxMicroLamportsPerComputeUnit;
  if (fees !== undefined && (bid === undefined || !Number.isSafeInteger(bid) || bid < 0)) {
    throw new PosternError("INVALID_ARGUMENT", "fees.maxMicroLamportsPerComputeUnit is a whole number from 0.");
  }
}

export function requireKeySource(keys: KeySource): void {
  if (!isKeySource(keys)) throw new PosternError("INVALID_ARGUMENT", "Pass keys made by walletKeys(), vaultKeys() or givenKeys().");
}

export function checkPolicy(policy: ContactPolicy): void {
  const valid = policy?.kind === "open" || policy?.kind === "closed" || (policy?.kind === "postage" && typeof policy.lamports === "bigint" && policy.lamports > 0n);
  if (!valid) throw new PosternError("INVALID_ARGUMENT", 'A policy is { kind: "open" }, { kind: "closed" } or { kind: "postage", lamports } with lamports above 0n.');
}

/** The app's connection, or one of our own, whose requests end with the session and which leaves it to {@link Rpc} to try again. */
export function openConnection(connection: Connection | string, commitment: Commitment, ending: AbortSignal): Connection {
  if (typeof connection !== "string") return connection;
  try {
    return new Web3Connection(connection, { commitment, fetch: endingFetch(ending, ANSWER_TIMEOUT_MS), disableRetryOnRateLimit: true });
  } catch (cause) {
    throw new PosternError("INVALID_ARGUMENT", "The connection is no http(s) URL.", { cause });
  }
}
