/**
 * Postern's program from outside: addresses, instruction builders, account decoders and errors. Pure: nothing here talks to a
 * network or holds a key.
 *
 * A web3.js instruction is one line away:
 *
 * @example
 * ```ts
 * import { PublicKey, TransactionInstruction } from "@solana/web3.js";
 * import type { Instruction } from "@postern/sdk/program";
 *
 * const toWeb3 = ({ programAddress, accounts, data }: Instruction) => new TransactionInstruction({
 *   programId: new PublicKey(programAddress),
 *   keys: accounts.map(({ address, signer, writable }) => ({ pubkey: new PublicKey(address), isSigner: signer, isWritable: writable })),
 *   data: Buffer.from(data),
 * });
 * ```
 */
export * from "./accounts/inbox.js";
export * from "./accounts/key-bundle.js";
export * from "./accounts/profile.js";
export type { AccountData } from "./accounts/reader.js";
export { FRAME_HEAD_BYTES, readRing, type Frame } from "./accounts/ring.js";
export * from "./address.js";
export { PROGRAM_ADDRESS } from "./generated/address.js";
export { acknowledge } from "./instructions/acknowledge.js";
export { accept, decline } from "./instructions/answer.js";
export { closeInbox } from "./instructions/close-inbox.js";
export { closeProfile } from "./instructions/close-profile.js";
export { createProfile } from "./instructions/create-profile.js";
export { DISCRIMINATOR } from "./instructions/discriminators.js";
export { activateKeyBundle, closeKeyBundle, createKeyBundle, writeKeyBundle } from "./instructions/key-bundle.js";
export { openInbox } from "./instructions/open-inbox.js";
export { openRequest } from "./instructions/open-request.js";
export type { OpeningInput } from "./instructions/opening.js";
export { post } from "./instructions/post.js";
export { transfer } from "./instructions/transfer.js";
export { resizeInbox } from "./instructions/resize-inbox.js";
export { updateProfile } from "./instructions/update-profile.js";
export type { AccountRole, Instruction } from "./instruction.js";
