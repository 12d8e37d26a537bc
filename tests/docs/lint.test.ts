import { expect } from "chai";
import { build } from "esbuild";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const ROOT = join(__dirname, "..", "..");
const LINT = join(ROOT, "tools", "lint", "imports.mjs");
const run = promisify(execFile);

const ALLOWED = `import { hash } from "../crypto/index.js";
// upward: import { Postern } from "../client/postern.js"; it: any
export const title = "a: any";
export const h = { any: hash };
`;

/** One violation a file, all of them planted in one copy of the SDK's sources. */
const VIOLATIONS: Record<string, readonly [file: string, text: string, message: RegExp]> = {
  "an import upward": ["sdk/src/crypto/planted-1.ts", 'import type { Channel } from "../sync/channel.js";\nexport type C = Channel;\n', /:1: crypto must not import sync/],
  "an import upward inside a type": ["sdk/src/store/planted-2.ts", 'export type C = import("../client/postern.js").Postern;\n', /store must not import client/],
  "an import sideways": ["sdk/src/program/planted-3.ts", '\nexport { hash } from "../crypto/suite.js";\n', /:2: program must not import crypto/],
  "the local network in the main entry": ["sdk/src/index.ts", 'export { startLocalnet } from "./localnet/index.js";\n', /index\.ts must not import localnet/],
  "the IDL where the main entry would take it in": ["sdk/src/client/planted-4.ts", 'import { IDL } from "../program/generated/idl.js";\nexport const idl = IDL;\n', /client must not import program\/generated\/idl\.ts/],
  "the IDL through the back door": ["sdk/src/program/planted-16.ts", 'export { IDL } from "./generated/idl.js";\n', /program must not import program\/generated\/idl\.ts/],
  "web3.js in a pure room": ["sdk/src/program/planted-5.ts", 'import { PublicKey } from "@solana/web3.js";\nexport const key = PublicKey;\n', /program must not import @solana\/web3\.js/],
  "Node in a room for browsers": ["sdk/src/sync/planted-6.ts", 'import { readFileSync } from "node:fs";\nexport const read = readFileSync;\n', /sync must not import node:fs/],
  "a room that nobody has agreed on": ["sdk/src/utils/planted-7.ts", "export const a = 1;\n", /utils is no room/],
  "an import without its suffix": ["sdk/src/sync/planted-8.ts", 'export { hash } from "../crypto/suite";\n', /lacks its \.js suffix/],
  "a file of 301 lines": ["tests/planted-9.ts", "export {};\n".repeat(301), /301 lines/],
  "a note to oneself": ["programs/postern/src/planted-10.rs", "// TODO: later\n", /TODO: do it/],
  "any": ["examples/planted-11.ts", "export const f = (x: any) => x;\n", /use unknown/],
  "a cast to any": ["examples/planted-12.ts", "export const f = (x: unknown) => x as any;\n", /use unknown/],
  "a silenced type error": ["migrations/planted-13.ts", "// @ts-ignore\nexport const a: number = 1;\n", /make the types right/],
  "a test alone": ["tests/planted-14.test.ts", 'it.only("runs", () => undefined);\n', /every test runs/],
  "a test that does not run": ["tests/planted-15.test.ts", 'describe.skip("this", () => undefined);\n', /every test runs/],
};

describe("the lint", function () {
  this.timeout(30_000);
  let root: string;
  let found: string;

  before(async () => {
    root = mkdtempSync(join(tmpdir(), "postern-lint-"));
    cpSync(join(ROOT, "sdk", "src"), join(root, "sdk", "src"), { recursive: true });
    for (const [file, text] of [["sdk/src/sync/allowed.ts", ALLOWED] as const, ...Object.values(VIOLATIONS)]) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    found = await run(process.execPath, [LINT, root]).then(() => "", ({ stderr }: { stderr: string }) => stderr);
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it("passes the project as it is", async () => {
    const { stdout } = await run(process.execPath, [LINT]);
    expect(stdout).to.equal("No violations.\n");
  });

  it("passes what is allowed", () => expect(found).not.to.include("allowed.ts"));

  for (const [what, [file, , message]] of Object.entries(VIOLATIONS)) {
    it(`refuses ${what}`, () => {
      const lines = found.split("\n").filter((line) => line.startsWith(`${file}:`));
      expect(lines).to.have.lengthOf(1);
      expect(lines[0]).to.match(message);
    });
  }
});

describe("the main entry's bundle", () => {
  it("has none of the IDL, the local network, Anchor, Node's modules or the proxies in it", async () => {
    const { metafile } = await build({
      entryPoints: [join(ROOT, "sdk", "dist", "esm", "index.js")], absWorkingDir: ROOT,
      bundle: true, metafile: true, write: false, platform: "browser", format: "esm", external: ["@solana/web3.js"], logLevel: "silent",
    });
    const inputs = Object.keys(metafile.inputs);
    expect(inputs).to.include("sdk/dist/esm/client/postern.js");
    expect(inputs.filter((file) => /generated\/idl|postern\.json|dist\/esm\/(localnet|anchor|node|cli)\/|anchor-lang|coral-xyz|surfpool|proxy-agent/.test(file))).to.deep.equal([]);
  });
});
