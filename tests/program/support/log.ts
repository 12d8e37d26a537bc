/** The log's head, computed from its definition. */
import { addressBytes, type Address } from "../../../sdk/src/program/index.js";
import { sha256, u32 } from "./bytes.js";

export const firstHead = (inbox: Address, openSalt: Uint8Array): Uint8Array => sha256("postern/1 log\0", addressBytes(inbox), openSalt);

export const nextHead = (head: Uint8Array, frame: { seq: number; time: number; payload: Uint8Array }): Uint8Array =>
  sha256(head, u32(frame.seq), u32(frame.time), frame.payload);
