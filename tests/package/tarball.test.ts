import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { publint } from "publint";

import { pack, PACKAGE_FOLDER, type Tarball } from "./tarball.js";

const ENTRY_POINTS = [".", "./crypto", "./program", "./anchor", "./localnet", "./node", "./sodium", "./export", "./store-conformance", "./observe", "./react", "./chat", "./sns"];

describe("the package as it is published", function () {
  this.timeout(60_000);
  let tarball: Tarball;
  let data: Buffer;

  before(async () => {
    tarball = await pack();
    data = await readFile(tarball.file);
  });
  after(() => tarball.remove());

  it("holds the build, the program, the licence and the README, and nothing else", () => {
    const allowed = /^(bin\/postern\.js|dist\/(esm|cjs)\/.+\.(js|d\.ts)|dist\/(esm|cjs)\/package\.json|artifacts\/[\w.]+|styles\/chat\.css|LICENSE|README\.md|package\.json)$/;
    expect(tarball.paths.filter((path) => !allowed.test(path))).to.deep.equal([]);
    expect(tarball.paths).to.include.members(["LICENSE", "README.md", "artifacts/postern.v3.so", "artifacts/postern.v0.so", "artifacts/postern.json", "styles/chat.css"]);
  });

  it("has every entry point in both formats, with declarations for each", async () => {
    const { exports } = JSON.parse(await readFile(join(PACKAGE_FOLDER, "package.json"), "utf8")) as { exports: Record<string, Record<string, Record<string, string>>> & { "./chat.css": string } };
    expect(Object.keys(exports)).to.have.members([...ENTRY_POINTS, "./chat.css", "./package.json"]);
    for (const entry of ENTRY_POINTS) {
      for (const [condition, folder] of [["import", "dist/esm"], ["require", "dist/cjs"]] as const) {
        const { types, default: code } = exports[entry]?.[condition] ?? {};
        expect(tarball.paths.map((path) => `./${path}`), `${entry} ${condition}`).to.include.members([types, code]);
        expect([types, code].every((path) => path?.startsWith(`./${folder}/`)), `${entry} ${condition}`).to.equal(true);
      }
    }
  });

  it("gives publint nothing to say", async () => {
    const buffer = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer;
    const { messages } = await publint({ pack: { tarball: buffer }, strict: true });
    expect(messages).to.deep.equal([]);
  });

  it("has types that agree with the code wherever Node or a bundler resolves it", async () => {
    const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(data)), { excludeEntrypoints: ["./chat.css"] });
    if (analysis.types === false) throw new Error("no types were found");
    // TypeScript's "node10" knows no exports map, so it finds no subpath of any package that has one.
    const problems = analysis.problems.filter((problem) => !("resolutionKind" in problem && problem.resolutionKind === "node10"));
    expect(problems).to.deep.equal([]);
  });
});
