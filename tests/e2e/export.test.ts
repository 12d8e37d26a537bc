/** Encrypted copies of history and keys: complete, readable without network and wallet, and nothing of them believed that is not whole. */
import { keypairWallet, type Postern } from "@postern/sdk";
import { exportEncrypted, importEncrypted, type ExportKey, type ImportedHistory } from "@postern/sdk/export";
import { Keypair } from "@solana/web3.js";
import { Decrypter, Encrypter, armor, generateHybridIdentity, generateX25519Identity, identityToRecipient } from "age-encryption";
import { expect } from "chai";
import { inboxOf, profileOf } from "./support/ledger.js";
import { down, hooked } from "./support/connections.js";
import { refusal } from "./support/refusal.js";
import { open, stage, type Person } from "./support/stage.js";
import { textsOf } from "./support/waiting.js";

const PASSPHRASE = "nine lanterns";
const utf8 = new TextEncoder();

describe("an export", function () {
  this.timeout(120_000);
  const on = stage();
  let alice: Person;
  let bob: Person;
  let carol: Person;
  let identity: string;
  let recipient: string;
  /** With keys, to `recipient`: no scrypt to wait for. */
  let file: Uint8Array;
  let imported: ImportedHistory;
  const opened = (bytes: Uint8Array, key: ExportKey = { identities: [identity] }): Promise<ImportedHistory> => importEncrypted(bytes, key);
  const plain = async (bytes: Uint8Array): Promise<string> => {
    const age = new Decrypter();
    age.addIdentity(identity);
    return age.decrypt(bytes, "text");
  };
  const sealed = async (text: string | Uint8Array): Promise<Uint8Array> => {
    const age = new Encrypter();
    age.addRecipient(recipient);
    return age.encrypt(text);
  };

  before(async () => {
    [alice, bob, carol] = await on.people(3);
    identity = await generateX25519Identity();
    recipient = await identityToRecipient(identity);
    const [toBob, toAlice] = await open(alice, bob, "gm");
    await toAlice.send("gm to you, Zoë 🏰");
    await toBob.send("line one\nline two");
    await (await carol.postern.conversation(alice.address)).send("may I?");
    file = await exportEncrypted(alice.postern, { recipients: [recipient], keys: true });
    imported = await opened(file);
  });

  it("holds every conversation and request with the messages as the app gets them, ids, times and cursors included", async () => {
    const { wallet, conversations } = imported;
    expect(wallet).to.equal(alice.address);
    expect(new Map(conversations.map(({ peer, state }) => [peer, state]))).to.deep.equal(new Map([[bob.address, "open"], [carol.address, "incoming"]]));
    for (const { peer, messages, gaps } of conversations) {
      expect(messages).to.deep.equal(await (await alice.postern.conversation(peer)).history());
      expect(gaps).to.deep.equal([]);
    }
    expect(textsOf(conversations.find(({ peer }) => peer === bob.address)?.messages ?? [])).to.deep.equal(["gm", "gm to you, Zoë 🏰", "line one\nline two"]);
  });

  it("holds what left the ring, from history, and says what is missing where that cannot be had", async () => {
    const small = { connect: { growth: { maxBytesPerInbox: 2_048 } }, register: { fundLamports: 300_000_000n } };
    const [dave, erin] = await Promise.all([on.person(small), on.person(small)]);
    const [toErin, toDave] = await open(dave, erin, "first");
    for (let i = 0; i < 4; i++) {
      await toErin.send(`${i} ${"x".repeat(700)}`);
      await toDave.history();
      await toDave.send("read"); // acknowledges, so that the ring may let go
    }
    const whole = await opened(await exportEncrypted((await on.device(erin)).postern, { recipients: [recipient] }));
    expect(textsOf(whole.conversations[0]?.messages ?? []).map((text) => text.split(" ")[0])).to.deep.equal(["first", "0", "read", "1", "read", "2", "read", "3", "read"]);
    expect(whole.conversations[0]?.gaps).to.deep.equal([]);
    const late = await on.device(erin, { connection: hooked(on.connection, { getSignaturesForAddress: down }) });
    const { conversations } = await opened(await exportEncrypted(late.postern, { recipients: [recipient] }));
    const [{ gaps, messages } = { gaps: [], messages: [] }] = conversations;
    const theirs = messages.filter(({ from }) => from === dave.address).map(({ seq }) => seq);
    expect(gaps).to.have.lengthOf(1);
    expect(gaps[0]).to.include({ from: dave.address, firstSeq: 2, lastSeq: (theirs[0] ?? 0) - 1 });
    expect(messages.some(({ id }) => id.startsWith(`${gaps[0]?.inbox}.`))).to.equal(true);
  });

  it("reads only: nothing is acknowledged, handed over or marked as read by it", async () => {
    const chat = await carol.postern.conversation(alice.address);
    expect(chat.state).to.equal("requested");
    expect(await (await alice.postern.conversation(carol.address)).unread()).to.equal(1);
    expect((await alice.postern.requests()).map(({ from }) => from)).to.deep.equal([carol.address]);

    const [dave, erin] = await on.people(2);
    const [toErin, toDave] = await open(dave, erin);
    await toDave.send("not shown to dave yet");
    const acknowledged = async (): Promise<number | undefined> => (await inboxOf(on.connection, erin.address))?.acknowledged;
    const before = await acknowledged();
    const { conversations } = await opened(await exportEncrypted(dave.postern, { recipients: [recipient] }));
    expect(textsOf(conversations[0]?.messages ?? [])).to.deep.equal(["gm", "not shown to dave yet"]);
    await toErin.send("which tells what was handed over");
    expect(await acknowledged()).to.equal(before);
    await toErin.history();
    await toErin.send("now something was");
    expect(await acknowledged()).to.be.greaterThan(before!);
  });

  it("opens with its passphrase, byte for byte, and with no other", async () => {
    const bytes = await exportEncrypted(alice.postern, { passphrase: PASSPHRASE });
    expect(new TextDecoder("latin1").decode(bytes)).to.match(/^age-encryption\.org\/v1\n-> scrypt /).and.not.to.contain(alice.address);
    expect((await opened(bytes, { passphrase: PASSPHRASE })).conversations).to.deep.equal(imported.conversations);
    await refusal(opened(bytes, { passphrase: `${PASSPHRASE} ` }), "PASSPHRASE_WRONG");
    await refusal(opened(bytes), "IDENTITY_WRONG");
  });

  it("opens for each recipient, X25519 or post-quantum, and for nobody else; armoured as well", async () => {
    const quantum = await generateHybridIdentity();
    const bytes = await exportEncrypted(alice.postern, { recipients: [recipient, await identityToRecipient(quantum)] });
    for (const identities of [[identity], [quantum], [await generateX25519Identity(), quantum]]) {
      expect((await opened(bytes, { identities })).conversations).to.deep.equal(imported.conversations);
    }
    await refusal(opened(bytes, { identities: [await generateX25519Identity()] }), "IDENTITY_WRONG");
    await refusal(opened(bytes, { passphrase: PASSPHRASE }), "PASSPHRASE_WRONG");
    expect((await opened(utf8.encode(armor.encode(bytes)))).wallet).to.equal(alice.address);
  });

  it("holds keys only when they are asked for, and is JSON lines to any tool for age", async () => {
    const lines = (await plain(file)).trimEnd().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).to.include({ type: "postern", version: 1, wallet: alice.address, program: on.net.programId, cluster: await on.connection.getGenesisHash(), scope: "global" });
    expect(lines[1]).to.deep.include({ type: "keys", kind: "wallet" });
    expect(lines.at(-1)).to.deep.equal({ type: "end", conversations: 2, messages: 4, gaps: 0 });
    const without = await exportEncrypted(alice.postern, { recipients: [recipient] });
    expect(await plain(without)).not.to.contain("secret");
    expect((await opened(without)).keys).to.equal(undefined);
    await refusal(exportEncrypted(await on.connect(await on.wallet()), { recipients: [recipient], keys: true }), "NOT_REGISTERED");
  });

  it("gives keys that read and write without the wallet, which may be gone", async () => {
    const gone = { publicKey: { toBase58: () => imported.wallet } };
    const postern: Postern = await on.connect(gone, { keys: imported.keys as NonNullable<typeof imported.keys> });
    const chat = await postern.conversation(bob.address);
    expect(textsOf(await chat.history())).to.include("gm");
    await chat.send("still here");
    expect(textsOf(await (await bob.postern.conversation(alice.address)).history()).at(-1)).to.equal("still here");
    await postern.register();
    expect((await profileOf(on.connection, alice.address)).currentGeneration).to.equal(0);
  });

  it("gives keys to its own wallet only, and to the generation that is current", async () => {
    const keys = imported.keys as NonNullable<typeof imported.keys>;
    await refusal(on.connect({ publicKey: bob.wallet.publicKey }, { keys }), "EXPORT_MISPLACED");
    await refusal(importEncrypted(file, { identities: [identity], wallet: bob.address }), "EXPORT_MISPLACED");
    const stranger = keypairWallet(Keypair.generate().secretKey);
    await refusal(on.connect({ publicKey: { toBase58: () => alice.address }, signMessage: stranger.signMessage }, { keys: { kind: "wallet" } }), "WALLET_SIGNATURE_INVALID");
    const swapped = (await plain(file)).replace(/"secret":"../, (found) => (found.endsWith("00") ? `${found.slice(0, -2)}11` : `${found.slice(0, -2)}00`));
    const { keys: wrong } = await opened(await sealed(swapped));
    await refusal(on.connect({ publicKey: alice.wallet.publicKey }, { keys: wrong as NonNullable<typeof wrong> }), "GENERATION_UNKNOWN");
  });

  it("cut short or with any bit flipped is refused as a whole", async () => {
    const lengths = [0, 1, 20, 21, 100, file.length >> 1, file.length - 17, file.length - 16, file.length - 1];
    for (const length of lengths) await refusal(opened(file.slice(0, length)), "EXPORT_INVALID");
    for (let at = 0; at < file.length; at += Math.max(1, file.length >> 7)) {
      const bent = file.map((byte, i) => (i === at ? byte ^ (1 << (at % 8)) : byte));
      const error = await opened(bent).then(() => undefined, (reason: unknown) => reason as { code?: string });
      expect(["EXPORT_INVALID", "IDENTITY_WRONG"], `byte ${at}`).to.include(error?.code);
    }
    await refusal(opened(Uint8Array.of(...file, 0)), "EXPORT_INVALID");
  });

  it("of a later version is EXPORT_UNSUPPORTED, and of what is no export EXPORT_INVALID, though the file is sound", async () => {
    const text = await plain(file);
    await refusal(opened(await sealed(text.replace('"version":1', '"version":2'))), "EXPORT_UNSUPPORTED");
    const lines = text.trimEnd().split("\n");
    const message = lines.findIndex((line) => line.includes('"type":"message"'));
    const changed = (at: number, change: (line: string) => string): string => `${lines.map((line, i) => (i === at ? change(line) : line)).join("\n")}\n`;
    const ending = (line: string, counted: string): string => text.replace('\n{"type":"end"', `\n${line}\n{"type":"end"`).replace(new RegExp(`"${counted}":(\\d+)`), (_, count) => `"${counted}":${Number(count) + 1}`);
    const [, inbox = "", from = ""] = /"id":"([^"]*)\.\d+".*"from":"([^"]*)"/.exec(lines.findLast((line) => line.includes('"type":"message"')) ?? "") ?? [];
    const gap = (firstSeq: number, lastSeq: number): string => JSON.stringify({ type: "gap", inbox, from, firstSeq, lastSeq });
    const bad: (string | Uint8Array)[] = [
      "", "\n", "gm", "null\n", "[]\n", '{"type":"postern"}\n', text.trimEnd(), `${lines.slice(0, -1).join("\n")}\n`, `${lines.slice(1).join("\n")}\n`,
      `${lines.filter((_, i) => i !== message).join("\n")}\n`, `${[...lines.slice(0, 1), lines[message], ...lines.slice(1)].join("\n")}\n`, text.replace(alice.address, "1".repeat(32)),
      ...[["from", '"from":"11111111111111111111111111111111"'], ["seq", '"seq":-1'], ["seq", '"seq":1e99'], ["id", '"id":"1.2.3"'], ["id", '"id":7'], ["cursor", '"cursor":"AA"'], ["postedAt", '"postedAt":"yesterday"'], ["sentAt", '"sentAt":null'], ["content", '"content":"gm"'], ["content", '"content":{"kind":"text","text":7}']]
        .map(([field = "", value = ""]) => changed(message, (line) => line.replace(new RegExp(`"${field}":("[^"]*"|\\d+|\\{[^}]*\\})`), value))),
      changed(1, (line) => line.replace(/"secret":"../, '"secret":"')), changed(1, (line) => line.replace('"kind":"wallet"', '"kind":"__proto__"')), changed(1, (line) => line.replace('"generation":0', '"generation":65536')),
      changed(message, (line) => line.replace(/\.\d+"/, '.4000000000"')), changed(message, (line) => line.replace(/\.(\d+)"/, '.$1.$1"')), changed(message, (line) => line.replace(/\.\d+"/, '.4294967296"').replace(/"seq":\d+/, '"seq":4294967296')),
      changed(message, (line) => line.replace(/"postedAt":"[^"]*"/, '"postedAt":"2026-01-01"')), text.replace(/"program":"[^"]*"/, '"program":"gm"'), text.replace('"type":"end"', '"type":"fin"'), `${text} `,
      text.replace(/"conversations":\d+/, '"conversations":9'), text.replace(/"gaps":\d+/, '"gaps":9'), ending('{"type":"conversation","peer":"gm","state":"open"}', "conversations"), ending(gap(2, 1), "gaps"),
      Uint8Array.of(0xff, 0xfe), `${"[".repeat(50_000)}\n`,
    ];
    await opened(await sealed(ending(gap(1, 2), "gaps"))); // the way in which those are bad that say one thing more
    for (const [i, content] of bad.entries()) {
      expect(content, `case ${i} differs`).not.to.equal(text);
      await refusal(opened(await sealed(content)), "EXPORT_INVALID");
    }
  });

  it("with content, lines or fields of a later time is read as far as it is known", async () => {
    const text = await plain(file);
    const later = text.replace('"kind":"text","text":"gm"', '"kind":"reaction","emoji":"+"').replace('\n{"type":"end"', '\n{"type":"note","peer":"?"}\n{"type":"end"').replace('"version":1', '"version":1,"app":"x"');
    const { conversations } = await opened(await sealed(later));
    const [first] = conversations.find(({ peer }) => peer === bob.address)?.messages ?? [];
    expect(first).to.include({ kind: "unreadable", reason: "CONTENT_UNKNOWN" });
  });

  it("that asks for more work than a page can do is refused at once", async () => {
    const salt = "AAAAAAAAAAAAAAAAAAAAAA";
    const body = "A".repeat(43);
    const started = performance.now();
    for (const factor of ["21", "30", "64", "99999999999", "-1", "018", "1e1", "x"]) {
      const header = `age-encryption.org/v1\n-> scrypt ${salt} ${factor}\n${body}\n--- ${body}\n`;
      await refusal(opened(utf8.encode(`${header}${"p".repeat(64)}`), { passphrase: PASSPHRASE }), "EXPORT_INVALID");
    }
    const stanzas = `-> scrypt ${salt} 18\n${body}\n`.repeat(1_000);
    await refusal(opened(utf8.encode(`age-encryption.org/v1\n${stanzas}--- ${body}\n${"p".repeat(64)}`), { passphrase: PASSPHRASE }), "EXPORT_INVALID");
    expect(performance.now() - started).to.be.lessThan(5_000);
  });

  it("that is longer than the reader takes is refused before it is worked on", async () => {
    const error = await refusal(importEncrypted(file, { identities: [identity], maxBytes: file.length - 1 }), "EXPORT_TOO_LARGE");
    expect(error.context).to.deep.equal({ bytes: file.length, maxBytes: file.length - 1 });
    await refusal(importEncrypted(new Uint8Array(64 * 1024 * 1024 + 1), { passphrase: PASSPHRASE }), "EXPORT_TOO_LARGE");
  });

  it("asks for a passphrase or recipients that are some, and names none of them in a refusal", async () => {
    const key = identity.replace(/.$/, (last) => (last === "Q" ? "P" : "Q")); // another character, whatever the last one is
    const bad: object[] = [{}, { passphrase: "" }, { recipients: [] }, { recipients: ["age1"] }, { recipients: ["ssh-ed25519 AAAA"] }, { recipients: [7] }, { passphrase: PASSPHRASE, recipients: [recipient] }];
    for (const options of bad) await refusal(exportEncrypted(alice.postern, options as never), "INVALID_ARGUMENT");
    for (const options of [{}, { identities: [] }, { identities: [key] }, { identities: ["x"] }]) {
      const error = await refusal(importEncrypted(file, options as never), "INVALID_ARGUMENT");
      expect(`${error.message}${String(error.cause)}${error.stack}`).not.to.contain(key);
    }
    await refusal(exportEncrypted({} as never, { passphrase: PASSPHRASE }), "INVALID_ARGUMENT");
    await refusal(importEncrypted("file" as never, { passphrase: PASSPHRASE }), "INVALID_ARGUMENT");
  });
});
