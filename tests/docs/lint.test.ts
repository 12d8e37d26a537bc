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

describe("the lint", function () {
  this.timeout(30_000);
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "postern-lint-"));
    cpSync(join(ROOT, "sdk", "src"), join(root, "sdk", "src"), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** Runs it over a copy of the SDK's sources with one more file. */
  async function lintWith(file: string, text: string): Promise<{ code: number; output: string }> {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
    return run(process.execPath, [LINT, root]).then(
      ({ stdout }) => ({ code: 0, output: stdout }),
      (error: { code: number; stderr: string }) => ({ code: error.code, output: error.stderr }),
    );
  }

  it("passes the project as it is", async () => {
    const { stdout } = await run(process.execPath, [LINT]);
    expect(stdout).to.equal("No violations.\n");
  });

  it("passes what is allowed", async () => {
    const text = 'import { hash } from "../crypto/index.js";\n// upward: import { Postern } from "../client/postern.js"; it: any\nexport const title = "a: any (TO" + "DO)";\nexport const h = hash;\n';
    expect(await lintWith("sdk/src/sync/fine.ts", text)).to.deep.equal({ code: 0, output: "No violations.\n" });
  });

  const violations: Record<string, [file: string, text: string, message: RegExp]> = {
    "an import upward": ["sdk/src/crypto/planted.ts", 'import type { Channel } from "../sync/channel.js";\nexport type C = Channel;\n', /crypto\/planted\.ts:1: crypto must not import sync/],
    "an import upward inside a type": ["sdk/src/store/planted.ts", 'export type C = import("../client/postern.js").Postern;\n', /store must not import client/],
    "an import sideways": ["sdk/src/program/planted.ts", '\nexport { hash } from "../crypto/suite.js";\n', /program\/planted\.ts:2: program must not import crypto/],
    "the local network in the main entry": ["sdk/src/index.ts", 'export { startLocalnet } from "./localnet/index.js";\n', /index\.ts must not import localnet/],
    "the IDL outside ./anchor": ["sdk/src/client/planted.ts", 'import { IDL } from "../program/generated/idl.js";\nexport const idl = IDL;\n', /client must not import program\/generated\/idl\.ts/],
    "web3.js in a pure room": ["sdk/src/program/planted.ts", 'import { PublicKey } from "@solana/web3.js";\nexport const key = PublicKey;\n', /program must not import @solana\/web3\.js/],
    "Node in a room for browsers": ["sdk/src/sync/planted.ts", 'import { readFileSync } from "node:fs";\nexport const read = readFileSync;\n', /sync must not import node:fs/],
    "a room that nobody has agreed on": ["sdk/src/utils/planted.ts", "export const a = 1;\n", /utils is no room/],
    "an import without its suffix": ["sdk/src/sync/planted.ts", 'export { hash } from "../crypto/suite";\n', /lacks its \.js suffix/],
    "a file of 301 lines": ["tests/planted.ts", "export {};\n".repeat(301), /301 lines/],
    "a note to oneself": ["programs/postern/src/planted.rs", "// TODO: later\n", /TODO: do it/],
    "any": ["examples/planted.ts", "export const f = (x: any) => x;\n", /use unknown/],
    "a cast to any": ["examples/planted.ts", "export const f = (x: unknown) => x as any;\n", /use unknown/],
    "a silenced type error": ["migrations/planted.ts", "// @ts-ignore\nexport const a: number = 1;\n", /make the types right/],
    "a test alone": ["tests/planted.test.ts", 'it.only("runs", () => undefined);\n', /every test runs/],
    "a test that does not run": ["tests/planted.test.ts", 'describe.skip("this", () => undefined);\n', /every test runs/],
  };
  for (const [what, [file, text, message]] of Object.entries(violations)) {
    it(`refuses ${what}`, async () => {
      const { code, output } = await lintWith(file, text);
      expect(code).to.equal(1);
      expect(output).to.match(message);
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
