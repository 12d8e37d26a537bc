/** Primitives, domain and addresses (sections 1 and 4), and the log (section 4). */
import * as c from "../../../../sdk/src/crypto/index.js";
import { addressBytes, inboxAddress, keyBundleAddress, profileAddress, toAddress } from "../../../../sdk/src/program/index.js";
import type { VectorFunction } from "../format.js";

export const suiteFunctions = {
  hash: { section: "1", inputs: { label: "text", data: "bytes" }, outputs: { hash: "bytes" }, run: (i) => ({ hash: c.hash(i.text("label"), i.bytes("data")) }) },
  extract: { section: "1", inputs: { salt: "bytes", ikm: "bytes" }, outputs: { prk: "bytes" }, run: (i) => ({ prk: c.extract(i.bytes("salt"), i.bytes("ikm")) }) },
  expand: {
    section: "1", inputs: { prk: "bytes", label: "text", context: "bytes", length: "number" }, outputs: { key: "bytes" },
    run: (i) => ({ key: c.expand(i.bytes("prk"), i.text("label"), i.bytes("context"), i.number("length")) }),
  },
  seal: { section: "1", inputs: { key: "bytes", message: "bytes" }, outputs: { box: "bytes" }, run: (i) => ({ box: c.seal(i.bytes("key"), i.bytes("message")) }) },
  open: { section: "1", inputs: { key: "bytes", box: "bytes" }, outputs: { message: "bytes?" }, run: (i) => ({ message: c.open(i.bytes("key"), i.bytes("box")) }) },
  dh: { section: "1", inputs: { secret: "bytes", publicKey: "bytes" }, outputs: { shared: "bytes" }, run: (i) => ({ shared: c.dh(i.bytes("secret"), i.bytes("publicKey")) }) },
  kemPublicKey: { section: "1", inputs: { seed: "bytes" }, outputs: { publicKey: "bytes" }, run: (i) => ({ publicKey: c.kem.keygen(i.bytes("seed")).publicKey }) },
  encapsulate: {
    section: "1", inputs: { publicKey: "bytes", coins: "bytes" }, outputs: { ciphertext: "bytes", secret: "bytes" },
    run: (i) => c.kem.encapsulate(i.bytes("publicKey"), i.bytes("coins")),
  },
  decapsulate: { section: "1", inputs: { ciphertext: "bytes", seed: "bytes" }, outputs: { secret: "bytes" }, run: (i) => ({ secret: c.kem.decapsulate(i.bytes("ciphertext"), i.bytes("seed")) }) },
  verify: {
    section: "1", inputs: { publicKey: "bytes", message: "bytes", signature: "bytes" }, outputs: { valid: "boolean" },
    run: (i) => ({ valid: c.verify(i.bytes("signature"), i.bytes("message"), i.bytes("publicKey")) }),
  },
  domain: { section: "1", inputs: { programId: "bytes", genesisHash: "bytes" }, outputs: { domain: "bytes" }, run: (i) => ({ domain: c.domain({ programId: i.bytes("programId"), genesisHash: i.bytes("genesisHash") }) }) },
  scopeHash: {
    section: "1", inputs: { scope: "text" }, outputs: { scopeHash: "bytes" },
    run: (i) => {
      c.assertScope(i.text("scope"));
      return { scopeHash: c.hash("scope", c.utf8(i.text("scope"))) };
    },
  },
  profileAddress: {
    section: "4", inputs: { programId: "bytes", wallet: "bytes" }, outputs: { address: "bytes" },
    run: (i) => ({ address: addressBytes(profileAddress(toAddress(i.bytes("wallet")), toAddress(i.bytes("programId")))) }),
  },
  keyBundleAddress: {
    section: "4", inputs: { programId: "bytes", wallet: "bytes", generation: "number" }, outputs: { address: "bytes" },
    run: (i) => ({ address: addressBytes(keyBundleAddress(toAddress(i.bytes("wallet")), i.number("generation"), toAddress(i.bytes("programId")))) }),
  },
  inboxAddress: {
    section: "4", inputs: { programId: "bytes", writer: "bytes", index: "number" }, outputs: { address: "bytes" },
    run: (i) => ({ address: addressBytes(inboxAddress(toAddress(i.bytes("writer")), i.number("index"), toAddress(i.bytes("programId")))) }),
  },
  logHead0: { section: "4", inputs: { inbox: "bytes", openSalt: "bytes" }, outputs: { head: "bytes" }, run: (i) => ({ head: c.logHead0(i.bytes("inbox"), i.bytes("openSalt")) }) },
  nextLogHead: {
    section: "4", inputs: { head: "bytes", seq: "number", time: "number", payload: "bytes" }, outputs: { head: "bytes" },
    run: (i) => ({ head: c.nextLogHead(i.bytes("head"), i.number("seq"), i.number("time"), i.bytes("payload")) }),
  },
} as const satisfies Record<string, VectorFunction>;
