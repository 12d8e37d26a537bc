import { expect } from "chai";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pack, PACKAGE_FOLDER, run, type Tarball } from "./tarball.js";

const TSC = require.resolve("typescript/bin/tsc");
const CONSUMER = join(__dirname, "fixtures", "consumer.ts");
/** As the consumer prints it. */
const OUTPUT = "[true,64,true,0,true,null,true,true,true,true,true,true,true]\n";

describe("the package, installed in an empty project", function () {
  this.timeout(240_000);
  let tarball: Tarball;
  let project: string;

  before(async () => {
    tarball = await pack();
    project = await mkdtemp(join(tmpdir(), "postern-consumer-"));
    const { devDependencies } = JSON.parse(await readFile(join(PACKAGE_FOLDER, "package.json"), "utf8")) as { devDependencies: Record<string, string> };
    await writeFile(join(project, "package.json"), JSON.stringify({ private: true }));
    const peers = ["@anchor-lang/core", "age-encryption", "libsodium-wrappers", "react", "@types/react", "@bonfida/spl-name-service"].map((name) => `${name}@${devDependencies[name]}`);
    const beside = [...peers, "@types/bn.js@5", "@types/node@20"]; // Anchor's own types need BN's
    await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", tarball.file, ...beside], { cwd: project });
  });
  after(async () => {
    await tarball.remove();
    await rm(project, { recursive: true, force: true });
  });

  const consumers = {
    "an ES module under node16": { type: "module", module: "node16", moduleResolution: "node16" },
    "a CommonJS module under nodenext": { type: "commonjs", module: "nodenext", moduleResolution: "nodenext" },
    "an ES module for a bundler": { type: "module", module: "esnext", moduleResolution: "bundler" },
  };
  for (const [consumer, { type, ...options }] of Object.entries(consumers)) {
    it(`compiles and runs from ${consumer}`, async () => {
      const folder = join(project, consumer.replaceAll(" ", "-"));
      await mkdir(folder);
      await copyFile(CONSUMER, join(folder, "consumer.ts"));
      await writeFile(join(folder, "package.json"), JSON.stringify({ type }));
      const compilerOptions = { target: "es2022", strict: true, types: ["node"], skipLibCheck: false, ...options };
      await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["consumer.ts"] }));
      await run(process.execPath, [TSC, "-p", folder]).catch((error: { stdout: string }) => expect.fail(error.stdout));
      const { stdout, stderr } = await run(process.execPath, [join(folder, "consumer.js")], { timeout: 30_000 });
      expect(stderr).to.equal("");
      expect(stdout).to.equal(OUTPUT);
    });
  }

  it("loads no local network, no Anchor, no IDL, no proxy, no libsodium, no age, no name service and no React with the main entry", async () => {
    const script = `require("@postern/sdk"); console.log(Object.keys(require.cache).join("\\n"))`;
    const { stdout } = await run(process.execPath, ["-e", script], { cwd: project });
    const loaded = stdout.split("\n");
    expect(loaded.some((file) => file.endsWith(join("dist", "cjs", "index.js")))).to.equal(true);
    const forbidden = /sdk.dist.cjs.(localnet|anchor|node|cli|sodium|export|observe|react|chat|sns)[\\/]|generated.idl|postern\.json|surfpool|anchor-lang|coral-xyz|proxy-agent|libsodium|age-encryption|bonfida|node_modules.react[\\/]/;
    expect(loaded.filter((file) => forbidden.test(file))).to.deep.equal([]);
  });

  it("has the postern command", async () => {
    const { version } = JSON.parse(await readFile(join(PACKAGE_FOLDER, "package.json"), "utf8")) as { version: string };
    const { stdout } = await run(join(project, "node_modules", ".bin", "postern"), ["--version"]);
    expect(stdout).to.equal(`${version}\n`);
  });
});
