/** A wallet whose every answer a test may replace, and that counts its prompts. */
import type { WalletLike } from "@postern/sdk";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import type { LocalnetWallet } from "@postern/sdk/localnet";
import { concat } from "@postern/sdk/crypto";
import { random } from "./raw-device.js";

export type Prompt = { readonly number: number; readonly kind: "message" | "transaction"; readonly asked: unknown };

export class FickleWallet implements WalletLike {
  readonly #wallet: LocalnetWallet;
  readonly prompts: Prompt[] = [];
  /** Answers a prompt in the wallet's place; undefined lets the wallet answer. */
  answer: (prompt: Prompt) => (() => unknown) | undefined = () => undefined;

  constructor(wallet: LocalnetWallet) {
    this.#wallet = wallet;
  }

  get publicKey(): { toBase58(): string } {
    return this.#wallet.publicKey;
  }

  signMessage(message: Uint8Array): Promise<Uint8Array> {
    return this.#ask("message", message, () => this.#wallet.signMessage(message));
  }

  signTransaction<T>(transaction: T): Promise<T> {
    return this.#ask("transaction", transaction, () => this.#wallet.signTransaction(transaction));
  }

  #ask<T>(kind: Prompt["kind"], asked: unknown, honest: () => Promise<T>): Promise<T> {
    const prompt = { number: this.prompts.length + 1, kind, asked };
    this.prompts.push(prompt);
    const instead = this.answer(prompt);
    return instead === undefined ? honest() : (instead() as Promise<T>);
  }
}

const L = ed25519.Point.Fn.ORDER;
const littleEndian = (bytes: Uint8Array): bigint => bytes.reduceRight((n, byte) => (n << 8n) | BigInt(byte), 0n);

/** A valid Ed25519 signature with a random nonce, as a multi-party wallet makes it: another one each time. */
export function signRandomly(seed: Uint8Array, message: Uint8Array): Uint8Array {
  const { scalar, pointBytes } = ed25519.utils.getExtendedPublicKey(seed);
  const nonce = littleEndian(random(64)) % L;
  const commitment = ed25519.Point.BASE.multiply(nonce).toBytes();
  const challenge = littleEndian(sha512(concat(commitment, pointBytes, message))) % L;
  const s = (nonce + challenge * scalar) % L;
  return concat(commitment, Uint8Array.from({ length: 32 }, (_, i) => Number((s >> BigInt(8 * i)) & 0xffn)));
}
