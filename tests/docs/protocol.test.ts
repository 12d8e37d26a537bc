import { expect } from "chai";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import * as c from "../../sdk/src/crypto/index.js";
import { alice, cluster } from "../crypto/fixture.js";

const ROOT = join(__dirname, "..", "..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const PAGES = ["docs/PROTOCOL.md", ...readdirSync(join(ROOT, "docs/protocol")).sort().map((name) => `docs/protocol/${name}`)];
const ALL = PAGES.map(read).join("\n");
const INDEX = read("docs/PROTOCOL.md");
const ERRORS = read("sdk/src/errors.ts");

const codesIn = (text: string, quote: string): string[] => [...text.matchAll(new RegExp(`${quote}([A-Z]+(?:_[A-Z]+)+)${quote}`, "g"))].map(([, code]) => code!);
const sources = (): string[] => readdirSync(join(ROOT, "sdk/src"), { recursive: true, encoding: "utf8" }).map((path) => `sdk/src/${path.replaceAll("\\", "/")}`).filter((path) => path.endsWith(".ts"));
/** Lines of the first fenced block behind `start`. */
function blockBehind(page: string, start: string): string {
  const text = read(page);
  return text.slice(text.indexOf(start)).split("```")[1]!.replace(/^\n|\n$/g, "");
}

describe("the protocol's pages", () => {
  it("have the values that the tests compute", () => {
    const values = INDEX.slice(INDEX.indexOf("Values (wallet A seed")).match(/\b[0-9a-f]{32,64}\b/g) ?? [];
    const tested = read("tests/crypto/vectors.test.ts");
    expect(values).to.have.length.of.at.least(17);
    for (const value of values) expect(tested).to.include(value);
  });

  it("name no error that the SDK does not have", () => {
    const known = new Set(codesIn(ERRORS, '"'));
    expect([...new Set(codesIn(ALL, "`"))].filter((code) => !known.has(code))).to.deep.equal(["GROUP_KEY_DIFFERS"]); // groups are not implemented
  });

  it("name every error of the protocol", () => {
    const named = new Set(codesIn(ALL, "`"));
    const codes = codesIn(/ProtocolErrorCode =\n([\s\S]*?);/.exec(ERRORS)![1]!, '"');
    expect(codes).to.have.length.above(30);
    expect(codes.filter((code) => !named.has(code))).to.deep.equal([]);
  });

  it("list every label, and none that is not used or reserved", () => {
    const rows = INDEX.slice(INDEX.indexOf("### Labels"), INDEX.indexOf("\n## 10.")).split("\n").filter((line) => line.startsWith("| `"));
    const listed = rows.flatMap((row) => [...row.split("|")[1]!.matchAll(/`([^`]+)`/g)].map(([, name]) => ({ name: name!, section: row.split("|")[3]!.trim() })));
    expect(new Set(listed.map(({ name }) => name))).to.have.lengthOf(listed.length);
    const code = readdirSync(join(ROOT, "sdk/src/crypto")).map((name) => read(`sdk/src/crypto/${name}`)).join("\n");
    const used = [...code.matchAll(/\b(?:expand|derive|hash|hash512|label)\([^"\n]*"([^"]+)"/g)].map(([, name]) => name!);
    const elsewhere = sources().filter((file) => !file.startsWith("sdk/src/crypto/")).map(read).join("\n");
    used.push(...[...elsewhere.matchAll(/\bexpand\([^"\n]*"([^"]+)"/g)].map(([, name]) => name!));
    expect(used).to.have.length.above(25);
    expect(listed.map(({ name }) => name)).to.include.members(used);
    expect(listed.filter(({ name, section }) => !["12", "15"].includes(section) && !used.includes(name))).to.deep.equal([]);
  });

  it("have every section once, on the page that the first page names", () => {
    const table = INDEX.slice(INDEX.indexOf("| section | page |"), INDEX.indexOf("## The protocol in short")).split("\n").filter((line) => /^\| \d/.test(line));
    const named = table.flatMap((row) => {
      const [, sections, page] = row.split("|");
      const file = /\]\(([^)]+)\)/.exec(page!)?.[1];
      return sections!.split("·").map((section) => [Number(/\d+/.exec(section)![0]), file ? `docs/${file}` : "docs/PROTOCOL.md"] as const);
    });
    expect(named.map(([section]) => section).sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 15 }, (_, i) => i + 1));
    for (const [section, page] of named) {
      const heading = new RegExp(section < 14 ? `^## ${section}\\. ` : `^# .*: section ${section}$`, "m");
      expect(PAGES.filter((file) => heading.test(read(file))), `section ${section}`).to.deep.equal([page]);
    }
  });

  it("have the two texts that a wallet signs, to the character", () => {
    const { programId, genesisHash, scope } = cluster;
    const fields = { wallet: alice.wallet, programId, genesisHash, scope };
    const filled = (block: string, values: Readonly<Record<string, string>>): string => block.replace(/^([\w ]+): <.*>$/gm, (_, name: string) => `${name}: ${values[name]}`);
    const common = { Wallet: c.toBase58(alice.wallet), Program: c.toBase58(programId), Network: c.toBase58(genesisHash), Scope: scope };
    expect(filled(blockBehind("docs/protocol/keys.md", "**Root text**"), { ...common, Root: "7" })).to.equal(c.rootText({ ...fields, rootNumber: 7 }));
    const { card, hash } = alice.verified;
    const time = (seconds: number): string => new Date(seconds * 1_000).toISOString().replace(".000", "");
    const values = { ...common, Generation: "0", Delegate: c.toBase58(card.delegate), Keys: c.toBase58(hash), "Valid from": time(card.validFrom), "Valid until": time(card.validUntil) };
    expect(filled(blockBehind("docs/protocol/keys.md", "**Certificate text**"), values)).to.equal(c.certificateText({ ...fields, card, bundleHash: hash }));
  });
});

describe("links between the pages", () => {
  const pages = ["README.md", "SECURITY.md", "CONTRIBUTING.md", "sdk/README.md", "sdk/vectors/README.md", ...readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`), ...PAGES.slice(1)];
  for (const page of pages) {
    it(`${page} leads nowhere that is not there`, () => {
      const targets = [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, target]) => target!);
      expect(targets.filter((target) => !existsSync(join(ROOT, dirname(page), target)))).to.deep.equal([]);
    });
  }
});
