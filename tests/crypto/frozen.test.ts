import { expect } from "chai";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Values, type VectorFunction, isOfType } from "./frozen/format.js";
import { CASES, FOLDER, frozenSums, pathOf, readVectors, render } from "./frozen/files.js";
import { functions } from "./frozen/functions/index.js";

const FILES = Object.keys(CASES);
const README = readFileSync(join(FOLDER, "README.md"), "utf8");

/** As sdk/vectors/README.md writes it: `name` type, … */
const listed = (fields: VectorFunction["inputs"]): string => Object.entries(fields).map(([name, type]) => `\`${name}\` ${type}`).join(", ") || "–";

function expectFields(values: Values, fields: VectorFunction["inputs"]): void {
  expect(Object.keys(values)).to.have.members(Object.keys(fields));
  for (const [name, type] of Object.entries(fields)) expect(isOfType(values[name], type), `${name} is of type ${type}`).to.equal(true);
}

describe("the vectors of suite 1", function () {
  this.timeout(60_000);

  it("are the files that the checksums name, byte for byte", () => {
    const found = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
    const sums = new Map(found.map((name) => [name, createHash("sha256").update(readFileSync(join(FOLDER, name))).digest("hex")]));
    expect(Object.fromEntries(sums)).to.deep.equal(Object.fromEntries(frozenSums()));
    expect([...sums.keys()]).to.have.members(FILES.map((file) => `${file}.json`));
  });

  for (const file of FILES) {
    describe(`${file}.json`, () => {
      it("is what the functions give for its inputs, byte for byte", async () => expect(await render(file)).to.equal(readFileSync(pathOf(file), "utf8")));

      it("has cases of both kinds, each with a name of its own and every field of its function", () => {
        const { protocol, valid, invalid } = readVectors(file);
        expect(protocol).to.equal("postern/1");
        expect(valid).to.not.be.empty;
        expect(invalid).to.not.be.empty;
        for (const cases of [valid, invalid]) {
          const names = cases.map((one) => `${one.function} ${one.name}`);
          expect(names).to.deep.equal([...new Set(names)]);
        }
        for (const one of [...valid, ...invalid]) expectFields(one.inputs, functions[one.function]!.inputs);
        for (const one of valid) expectFields(one.outputs, functions[one.function]!.outputs);
      });
    });
  }

  it("call every function, and the README lists each with its fields", () => {
    const called = new Map(FILES.flatMap((file) => [...readVectors(file).valid, ...readVectors(file).invalid].map((one): [string, string] => [one.function, file])));
    expect([...called.keys()]).to.have.members(Object.keys(functions));
    for (const [name, { section, inputs, outputs }] of Object.entries(functions)) {
      expect(README).to.include(`| \`${name}\` | ${section} | ${listed(inputs)} | ${listed(outputs)} |`);
    }
    for (const file of FILES) expect(README).to.include(`\`${file}.json\``);
  });

  it("show what a salt depends on: no two texts, numbers or times share one, and the same are the same", () => {
    const sealed = readVectors("message").valid.filter((one) => one.name.startsWith("the same random bytes") || one.name.startsWith("other random bytes"));
    expect(sealed).to.have.length(5);
    expect(new Set(sealed.map(({ outputs }) => outputs["salt"]))).to.have.lengthOf(5);
    const ciphertexts = readVectors("handshake").valid.filter((one) => one.function === "initiate").map(({ outputs }) => String(outputs["handshake"]).slice(8, 8 + 2_240));
    expect(new Set(ciphertexts)).to.have.lengthOf(ciphertexts.length);
  });

  it("hold the values of the first suite's single file: the published handshake and message", () => {
    const handshake = readVectors("handshake").valid.find((one) => one.function === "initiate" && one.name === "direct");
    const message = readVectors("message").valid.find((one) => one.name === "the published message");
    const sum = (text: unknown): string => createHash("sha256").update(Buffer.from(String(text), "hex")).digest("hex");
    expect(sum(handshake?.outputs["handshake"])).to.equal("14bba460527c19de8aa8540578dc5db161b4197a3860a20ff33fb19de598969c");
    expect(sum(message?.outputs["frame"])).to.equal("9026c6e9182a3c2d995e7d779930a03f662e72d920c23630ef0b2f6bce35166e");
  });
});
