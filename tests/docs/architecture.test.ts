import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { INBOX_HEADER_BYTES, INBOX_RECIPIENT_OFFSET, KEY_BUNDLE_BYTES, PROFILE_BYTES } from "../../sdk/src/program/index.js";

const ROOT = join(__dirname, "..", "..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const PAGE = read("docs/ARCHITECTURE.md");

type IdlType = string | { readonly array: readonly [IdlType, number] } | { readonly defined: unknown } | { readonly option: IdlType };
type Idl = {
  readonly types: readonly { readonly name: string; readonly type: { readonly fields?: readonly { readonly name: string; readonly type: IdlType }[] } }[];
  readonly instructions: readonly {
    readonly name: string; readonly discriminator: readonly number[]; readonly args: readonly { readonly name: string }[];
    readonly accounts: readonly { readonly name: string; readonly signer?: boolean; readonly writable?: boolean }[];
  }[];
};
const IDL = JSON.parse(read("sdk/artifacts/postern.json")) as Idl;

/** Rows of the first table below a heading, without head and rule. */
function tableBelow(heading: string): string[][] {
  const text = PAGE.slice(PAGE.indexOf(`\n${heading}\n`) + heading.length + 2);
  const lines = text.slice(text.indexOf("\n|") + 1).split("\n");
  const rows = lines.slice(0, lines.findIndex((line) => !line.startsWith("|")));
  return rows.slice(2).map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}

function sizeOf(type: IdlType): number {
  const sizes: Record<string, number> = { u8: 1, u16: 2, u32: 4, u64: 8, pubkey: 32 };
  if (typeof type === "string" && sizes[type] !== undefined) return sizes[type];
  if (typeof type === "object" && "array" in type) return sizeOf(type.array[0]) * type.array[1];
  throw new Error(`a type without a size: ${JSON.stringify(type)}`);
}

/** Field, offset and length, behind the discriminator, as the IDL has them. */
function layoutOf(name: string): [offset: number, bytes: number, field: string][] {
  const fields = IDL.types.find((type) => type.name === name)?.type.fields ?? [];
  let at = 8;
  return [[0, 8, "discriminator"], ...fields.map((field): [number, number, string] => {
    const bytes = sizeOf(field.type);
    at += bytes;
    return [at - bytes, bytes, field.name];
  })];
}

describe("docs/ARCHITECTURE.md", () => {
  for (const name of ["Profile", "KeyBundle", "Inbox"]) {
    it(`has the ${name} to the byte`, () => {
      const documented = tableBelow(`### ${name}`).map(([offset, bytes, field]) => [Number(offset), Number(bytes), field]);
      expect(layoutOf(name)).to.have.length.above(8);
      const own = name === "Inbox" ? documented.slice(0, -2) : documented; // the slab's length and the ring follow the header
      expect(own).to.deep.equal(layoutOf(name));
    });
  }

  it("has the sizes that the decoders have", () => {
    const end = (name: string): number => layoutOf(name).reduce((at, [offset, bytes]) => Math.max(at, offset + bytes), 0);
    expect([end("Profile"), end("KeyBundle"), end("Inbox") + 4]).to.deep.equal([PROFILE_BYTES, KEY_BUNDLE_BYTES, INBOX_HEADER_BYTES]);
    for (const bytes of [PROFILE_BYTES, KEY_BUNDLE_BYTES, INBOX_HEADER_BYTES]) expect(PAGE).to.include(`${bytes.toLocaleString("en-US")} bytes`);
    const [capacity, ring] = tableBelow("### Inbox").slice(-2);
    expect([capacity?.slice(0, 3), ring?.[0]]).to.deep.equal([["440", "4", "capacity"], String(INBOX_HEADER_BYTES)]);
    expect(tableBelow("### Inbox").find(([, , field]) => field === "recipient")?.[0]).to.equal(String(INBOX_RECIPIENT_OFFSET));
  });

  it("has every instruction with its number, arguments and accounts", () => {
    const fromIdl = [...IDL.instructions]
      .sort((a, b) => (a.discriminator[0] ?? 0) - (b.discriminator[0] ?? 0))
      .map(({ name, discriminator, args, accounts }) => [
        String(discriminator[0]), name, args.map((arg) => arg.name).join(", ") || "–",
        accounts.map((account) => `${account.name}${account.signer ? "\\*" : ""}${account.writable ? "`w`" : ""}`).join(" "),
      ]);
    expect(tableBelow("## Instructions")).to.deep.equal(fromIdl);
  });

  it("has the rooms and what they may import as the lint enforces them", async () => {
    const lint = join(ROOT, "tools", "lint", "rooms.mjs");
    const { ROOMS } = (await import(lint)) as { ROOMS: Record<string, string[]> };
    const documented = tableBelow("## The rooms of the SDK").map(([room, imports]) => [room, imports]);
    const enforced = Object.entries(ROOMS).map(([room, imports]) => [`\`${room}\``, imports.map((name) => `\`${name}\``).join(" ") || "–"]);
    expect(documented).to.deep.equal(enforced);
  });
});

describe("docs/THREAT-MODEL.md", () => {
  it("names the libraries that one trusts", () => {
    const { dependencies } = JSON.parse(read("sdk/package.json")) as { dependencies: Record<string, string> };
    const nodeOnly = ["https-proxy-agent", "socks-proxy-agent", "ws", "isomorphic-ws"];
    const trusted = /libraries that its main entry uses\n\(([^)]*)\)/.exec(read("docs/THREAT-MODEL.md"))?.[1]?.match(/`[^`]+`/g)?.map((name) => name.slice(1, -1));
    expect(trusted).to.have.members(Object.keys(dependencies).filter((name) => !nodeOnly.includes(name)));
  });
});
