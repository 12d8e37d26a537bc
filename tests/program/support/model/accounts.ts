/** The accounts of the model, and the bytes that they must have: layouts written once more, from the tables of docs/PROTOCOL.md. */
import { PROGRAM_ADDRESS, addressBytes, findAddress, type Address } from "../../../../sdk/src/program/index.js";
import { u32 } from "../bytes.js";
import { discriminator, u16, u64 } from "../raw-accounts.js";
import type { RingModel } from "../ring-model.js";

export const NOBODY: Address = "11111111111111111111111111111111";
export const NONE = 0xffff_ffff;

export type ProfileModel = {
  readonly wallet: Address;
  readonly refund: Address;
  delegate: Address;
  policy: number;
  postage: bigint;
  rootKind: number;
  rootNumber: number;
  /** `NONE` before the first activation. */
  current: number;
  next: number;
  bundles: number;
  requests: bigint;
  /** Eight places. */
  recent: Address[];
};

export type BundleModel = {
  readonly wallet: Address;
  readonly generation: number;
  readonly delegate: Address;
  readonly refund: Address;
  readonly card: Uint8Array;
  readonly certificate: Uint8Array;
  activated: boolean;
  written: number;
  xWing: Uint8Array;
};

export type InboxModel = {
  readonly writer: Address;
  readonly index: number;
  readonly flags: number;
  readonly recipient: Address;
  readonly refund: Address;
  readonly openSalt: Uint8Array;
  readonly ownerBox: Uint8Array;
  readonly openedTime: number;
  readonly openedSlot: bigint;
  state: "request" | "open" | "declined";
  postage: bigint;
  reader: Address;
  reply: Uint8Array;
  ring: RingModel;
};

const STATES = { request: 0, open: 1, declined: 2 } as const;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const known = new Map<Address, Uint8Array>();
function bytesOf(address: Address): Uint8Array {
  const bytes = known.get(address) ?? addressBytes(address);
  known.set(address, bytes);
  return bytes;
}

const bumps = new Map<string, number>();

/** The bump of an address; finding it is slow. */
function bump(...seeds: readonly Uint8Array[]): number {
  const name = seeds.map((seed) => Buffer.from(seed).toString("hex")).join();
  const found = bumps.get(name) ?? findAddress(seeds, PROGRAM_ADDRESS).bump;
  bumps.set(name, found);
  return found;
}

const joined = (...parts: readonly (readonly number[] | Uint8Array)[]): Uint8Array => Buffer.concat(parts.map((part) => Uint8Array.from(part)));
const MARK = { Profile: discriminator("Profile"), KeyBundle: discriminator("KeyBundle"), Inbox: discriminator("Inbox") };

/** All 432 bytes. */
export const profileBytes = (p: ProfileModel): Uint8Array =>
  joined(
    MARK.Profile,
    [1, p.policy, p.rootKind, bump(text("profile"), bytesOf(p.wallet))],
    ...[p.rootNumber, p.current, p.next, p.bundles, 0].map(u32),
    u64(p.requests),
    u64(p.postage),
    ...[p.wallet, p.delegate, p.refund, ...p.recent].map(bytesOf),
    new Uint8Array(32),
  );

/** All 1,488 bytes. */
export const bundleBytes = (b: BundleModel): Uint8Array =>
  joined(
    MARK.KeyBundle,
    [1, b.activated ? 1 : 0, bump(text("keys"), bytesOf(b.wallet), u32(b.generation)), 0, ...u16(b.written)],
    b.card,
    b.certificate,
    bytesOf(b.refund),
    b.xWing,
    new Uint8Array(20),
  );

/** The header's 444 bytes, and the ring. */
export const inboxBytes = (i: InboxModel): Uint8Array =>
  joined(
    MARK.Inbox,
    [1, STATES[i.state], i.flags, bump(text("inbox"), bytesOf(i.writer), u32(i.index))],
    u32(i.index),
    i.ring.head,
    ...[i.ring.next, i.ring.lastTime, i.ring.first, i.ring.acknowledged, i.ring.tail, i.ring.used].map(u32),
    u64(i.openedSlot),
    u64(i.postage),
    u32(i.openedTime),
    ...[i.writer, i.reader, i.recipient, i.refund].map(bytesOf),
    i.reply,
    i.openSalt,
    i.ownerBox,
    new Uint8Array(24),
    u32(i.ring.capacity),
    i.ring.bytes,
  );
