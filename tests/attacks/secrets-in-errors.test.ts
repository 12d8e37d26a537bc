/** No secret is in any error: everything that the protocol's functions throw, walked to the last property, and every place where the SDK makes one. */
import { expect } from "chai";
import fc from "fast-check";
import { join, relative } from "node:path";
import ts from "typescript";
import * as c from "../../sdk/src/crypto/index.js";
import { isPosternError } from "../../sdk/src/errors.js";
import { D, alice, bob, fill } from "../crypto/fixture.js";
import { CASES, readVectors } from "../crypto/frozen/files.js";
import { Reader, type Value } from "../crypto/frozen/format.js";
import { functions } from "../crypto/frozen/functions/index.js";
import { everythingIn, spellingsOf } from "../hostile/support/leaks.js";
import { OBJECTS } from "./support/objects.js";
import { seed } from "./support/seeds.js";

const ROOT = join(__dirname, "../..");
const SOURCES = join(ROOT, "sdk/src");

/** Whatever of `secrets` (bytes of 16 and more, texts of 8 and more) can be read out of an error. */
function told(error: unknown, secrets: readonly (Uint8Array | string)[]): string[] {
  const everything = everythingIn(error);
  const spelled = secrets.flatMap((secret) => (typeof secret === "string" ? [secret] : spellingsOf(secret.subarray(0, 64))));
  return spelled.filter((spelling) => spelling.length >= 8 && everything.includes(spelling));
}

async function thrownBy(act: () => unknown): Promise<unknown> {
  try {
    await act();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Every byte string (of 16 bytes and more) and every long text among a vector's inputs. */
function inputsOf(value: Value): (Uint8Array | string)[] {
  if (typeof value === "string") return /^([0-9a-f]{2}){16,}$/.test(value) ? [c.fromHex(value)] : value.length >= 8 ? [value] : [];
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap((inner: Value) => inputsOf(inner));
  return [];
}

const uniform = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === bytes[0]);

describe("an error of the protocol's functions", function () {
  this.timeout(120_000);
  const codes = new Set<string>();

  for (const file of Object.keys(CASES)) {
    it(`tells nothing of what it was given: the refusals of ${file}.json`, async () => {
      for (const { function: call, inputs, name } of readVectors(file).invalid) {
        const error = await thrownBy(() => functions[call]!.run(new Reader(inputs)));
        expect(isPosternError(error), `${call}, ${name}`).to.equal(true);
        codes.add((error as { code: string }).code);
        const secrets = inputsOf(inputs).filter((secret) => typeof secret === "string" || !uniform(secret)); // 32 times 07 says nothing
        expect(told(error, secrets), `${call}, ${name}`).to.deep.equal([]);
      }
    });
  }

  it("tells nothing when what it was given has the wrong length", async () => {
    const secret = c.sha256(c.utf8("a secret"));
    const longer = c.concat(secret, fill(9, 1));
    const calls: (() => unknown)[] = [
      () => c.expand(longer, "root", secret, 32), () => c.expander(longer), () => c.seal(longer, secret), () => c.open(longer, secret), () => c.dh(longer, secret), () => c.x25519PublicKey(longer),
      () => c.kem.keygen(longer), () => c.kem.encapsulate(bob.bundle.xWing, longer), () => c.kem.decapsulate(longer, longer), () => c.ed25519PublicKey(longer), () => c.ed25519Sign(longer, secret),
      () => c.generationSecret(D, longer, 0), () => c.generationKeys(D, longer), () => c.writerSeed(D, longer, 0), () => c.readerSeed(D, longer, secret), () => c.toBase58(c.concat(...Array.from({ length: 40 }, () => longer))),
      () => c.deriveRoot(D, { kind: "given", rootNumber: 1, wallet: alice.wallet, scope: "global", ikm: longer }), () => c.fromHex(`${c.toHex(secret)}zz`), () => c.fromBase58(`${c.toBase58(secret)}0`),
      () => c.inboxKey(D, longer, { role: 0, inbox: fill(1), writer: fill(2), openSalt: fill(3, 16) }), () => c.openMessage(longer, 0, secret), () => c.messageOpener(longer),
      () => c.sealMessage(secret, { seq: 0, inner: { kind: 0, sent: 0, seen: 0, body: longer }, r32: longer }), () => c.encodeText(`${c.toHex(secret)}\ud800`),
      () => c.sealVault({ ikm: longer, passphrase: "correct horse battery", salt: fill(1, 16) }), () => c.sealVault({ ikm: secret, passphrase: "correct horse battery", salt: fill(1, 16), log2N: 3 }),
      () => c.openVault({ vault: longer, passphrase: "correct horse battery" }), () => c.useCryptoBackend({ ...c.nobleBackend, x25519: () => longer }),
    ];
    for (const call of calls) {
      const error = await thrownBy(call);
      expect(isPosternError(error), String(call)).to.equal(true);
      codes.add((error as { code: string }).code);
      expect(told(error, [secret, longer, "correct horse battery"]), String(call)).to.deep.equal([]);
    }
  });

  it("tells nothing of an object that was altered, nor of the keys that it did not open with", () => {
    fc.assert(fc.property(seed, fc.constantFrom(...Object.values(OBJECTS)), fc.nat(), (given, make, any) => {
      fc.pre(!Object.values(given).some((value) => value instanceof Uint8Array && value.length >= 16 && uniform(value)));
      const { parts, open } = make(given);
      const at = Object.keys(parts)[any % Object.keys(parts).length]!;
      const altered = { ...parts, [at]: parts[at]!.map((byte, i) => (i === any % parts[at]!.length ? byte ^ 0x55 : byte)) };
      try {
        open(altered);
      } catch (error) {
        const secrets = [...Object.values(altered), given.body, alice.keys.owner, alice.keys.identity.secret, bob.keys.identity.secret, bob.keys.kem.seed].filter(({ length }) => length >= 16);
        expect(told(error, secrets)).to.deep.equal([]);
      }
    }), { numRuns: 60 });
  });

  it("was seen here under every code that these functions have", () => {
    const thrown = new Set<string>();
    for (const { file, call } of madeErrors()) {
      const code = call.arguments?.[0];
      if (file.startsWith("crypto/") && ts.isNewExpression(call) && code !== undefined && ts.isStringLiteral(code)) thrown.add(code.text);
    }
    thrown.delete("BUNDLE_EXPIRED"); // a comparison of times: it is given no bytes
    expect([...thrown].filter((code) => !codes.has(code))).to.deep.equal([]);
  });

  it("would be caught here if it told a part of a key, in whatever spelling", () => {
    const secret = c.sha256(c.utf8("a secret"));
    const leaks = [new Error(c.toHex(secret)), new Error("x", { cause: { deep: [secret] } }), Object.assign(new Error("x"), { at: Buffer.from(secret).toString("base64") }), new Error(`${secret.subarray(0, 30)}`)];
    for (const leak of leaks) expect(told(leak, [secret])).not.to.be.empty;
  });
});

type Made = { readonly file: string; readonly line: number; readonly call: ts.NewExpression | ts.CallExpression };
let program: ts.Program | undefined;

function sdkProgram(): ts.Program {
  const config = ts.parseJsonConfigFileContent(ts.readConfigFile(join(ROOT, "sdk/tsconfig.json"), ts.sys.readFile).config, ts.sys, join(ROOT, "sdk"));
  program ??= ts.createProgram(config.fileNames, { ...config.options, noEmit: true });
  program.getTypeChecker(); // binds the trees, whose nodes then know their parents
  return program;
}

/** Every place of the SDK where a PosternError is made, by itself or by the helper for arguments. */
function madeErrors(): Made[] {
  return sdkProgram().getSourceFiles().filter(({ fileName }) => fileName.startsWith(SOURCES)).flatMap((source) => {
    const found: Made[] = [];
    const visit = (node: ts.Node): void => {
      const name = ts.isNewExpression(node) || ts.isCallExpression(node) ? node.expression.getText() : "";
      if ((ts.isNewExpression(node) && name === "PosternError") || (ts.isCallExpression(node) && name === "invalidArgument")) {
        found.push({ file: relative(SOURCES, source.fileName).replaceAll("\\", "/"), line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, call: node });
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  });
}

/** What is put into an error's sentence and context; causes are errors of others, which the walks above and in the flows look into. */
function ingredients(call: Made["call"]): ts.Expression[] {
  const parts: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTemplateSpan(node)) parts.push(node.expression);
    if (ts.isPropertyAssignment(node) && node.name.getText() !== "cause" && node.name.getText() !== "context") parts.push(node.initializer);
    if (ts.isShorthandPropertyAssignment(node) && node.name.text !== "cause" && node.name.text !== "context") parts.push(node.name);
    if (ts.isPropertyAssignment(node) && node.name.getText() === "cause") return;
    ts.forEachChild(node, visit);
  };
  call.arguments?.forEach(visit);
  return parts;
}

describe("every error that the SDK makes", function () {
  this.timeout(60_000);
  /** What is no secret: a transaction's signature, a length, the suite, kind and version of a card and a vault. */
  const PUBLIC = new Set([
    "send/submit.ts signature", "outbox/outcome.ts signed.signature", "crypto/bytes.ts value instanceof Uint8Array ? value.length : undefined", "crypto/card.ts bytes[0]", "crypto/card.ts bytes[1]", "crypto/vault.ts vault[0]",
  ]);
  const SUSPICIOUS = /secret|seed|root(?!Number|Kind)|passphrase|signature(?!s)|ikm|thread|plain|body|\btext\b|owner(?!Box)/i;

  it("has a sentence and a context without bytes, and without anything that is named like a secret or a text", () => {
    const checker = sdkProgram().getTypeChecker();
    const typeOf = (node: ts.Node): string => checker.typeToString(checker.getTypeAtLocation(node), undefined, ts.TypeFormatFlags.NoTruncation);
    const BYTES = /Uint8Array|Buffer|ArrayBuffer|DataView/;
    /** Bytes anywhere in an expression, but for their length. */
    const holdsBytes = (node: ts.Node): boolean => {
      if (ts.isPropertyAccessExpression(node) && /^(length|byteLength)$/.test(node.name.text)) return false;
      return (ts.isExpression(node) && BYTES.test(typeOf(node)) && !/=>/.test(typeOf(node))) || (ts.forEachChild(node, (child) => holdsBytes(child) || undefined) ?? false);
    };
    const made = madeErrors();
    expect(made).to.have.length.above(120);
    const wrong = made.flatMap(({ file, line, call }) => ingredients(call).flatMap((part) => {
      const type = typeOf(part);
      const numeric = /^(number|bigint|boolean|undefined|\d+|true|false| \| )+$/.test(type);
      const named = `${file} ${part.getText()}`;
      const suspicious = holdsBytes(part) || (!numeric && SUSPICIOUS.test(part.getText()));
      return suspicious && !PUBLIC.has(named) ? [`${file}:${line}: ${part.getText()} (${type})`] : [];
    }));
    expect(wrong).to.deep.equal([]);
  });
});
