/** The parts of the observable core that need no network. */
import type { Message } from "@postern/sdk";
import { isDeceptiveName, Messaging, shortAddress } from "@postern/sdk/observe";
import { expect } from "chai";
import { Cell } from "../../sdk/src/observe/cell.js";
import { ThreadItems } from "../../sdk/src/observe/items.js";
import { NameBook, type Names } from "../../sdk/src/observe/names.js";
import type { Outgoing } from "../../sdk/src/observe/outgoing.js";
import { MessageWindow } from "../../sdk/src/observe/window.js";
import { until } from "../e2e/support/waiting.js";

const message = (seq: number, text = `m ${seq}`, mine = true): Message => ({
  id: `i.${seq}`, conversation: "c", cursor: `${seq}`, from: "f", mine, seq, sentAt: new Date(0), postedAt: new Date(seq), kind: "content", content: { kind: "text", text }, text,
});
const messages = (from: number, to: number): Message[] => Array.from({ length: to - from }, (_, i) => message(from + i));
const outgoing = (id: string, text: string, fields: Partial<Outgoing> = {}): Outgoing => ({ id, text, queuedAt: new Date(0), status: "sent", sentId: undefined, error: undefined, ...fields });

describe("the window of a conversation", () => {
  it("never holds more than it may: the oldest make room for newer ones, the newest for older ones", () => {
    const window = new MessageWindow(100);
    window.reset(messages(50, 100), true);
    window.append(messages(100, 170));
    expect([window.messages.length, window.messages[0]?.seq, window.atEnd, window.hasOlder]).to.deep.equal([100, 70, true, true]);
    window.prepend(messages(20, 70), true);
    expect([window.messages.length, window.messages[0]?.seq, window.messages.at(-1)?.seq, window.atEnd]).to.deep.equal([100, 20, 119, false]);
    window.append(messages(170, 180)); // would leave a hole
    expect(window.messages.at(-1)?.seq).to.equal(119);
    window.reset(messages(130, 180), true);
    expect([window.messages.at(-1)?.seq, window.atEnd]).to.deep.equal([179, true]);
  });
});

describe("messages and what is on its way", () => {
  const texts = ({ items }: ReturnType<ThreadItems["merge"]>): (string | undefined)[] => items.map(({ text }) => text);

  it("show a text once although it is read back before its id is known, under one key", () => {
    const items = new ThreadItems();
    const sent = outgoing("o1", "gm");
    items.queued(sent, []);
    expect(texts(items.merge([], [sent]))).to.deep.equal(["gm"]);
    const early = items.merge([message(2, "gm")], [sent]);
    expect([texts(early), early.items[0]?.key, early.landed]).to.deep.equal([["gm"], "o1", []]);
    const known = items.merge([message(2, "gm")], [{ ...sent, sentId: "i.2", status: "confirmed" }]);
    expect([texts(known), known.items[0]?.key, known.landed]).to.deep.equal([["gm"], "o1", ["o1"]]);
    expect(items.merge([message(2, "gm")], []).items[0]?.key).to.equal("o1");
  });

  it("take an older message with the same text for what it is", () => {
    const items = new ThreadItems();
    const sent = outgoing("o1", "gm");
    items.queued(sent, [message(2, "gm")]);
    expect(texts(items.merge([message(2, "gm")], [sent]))).to.deep.equal(["gm", "gm"]);
    expect(texts(items.merge([message(2, "gm"), message(3, "gm")], [sent]))).to.deep.equal(["gm", "gm"]);
  });

  it("keep what failed beside a message with the same text", () => {
    const items = new ThreadItems();
    const failed = outgoing("o1", "gm", { status: "failed" });
    items.queued(failed, []);
    expect(texts(items.merge([message(2, "gm")], [failed]))).to.deep.equal(["gm", "gm"]);
  });

  it("keep each item the same object while nothing in it changes", () => {
    const items = new ThreadItems();
    const all = messages(0, 3);
    const [before, after] = [items.merge(all.slice(0, 2), []), items.merge(all, [])];
    expect(after.items[0]).to.equal(before.items[0]);
    expect(after.items[1]).to.equal(before.items[1]);
  });
});

describe("a cell", () => {
  it("starts with its first listener, goes on through one that leaves and comes back, and ends after its last", async () => {
    let [started, ended] = [0, 0];
    const cell = new Cell(0, () => (started++, () => void ended++));
    const heard: number[] = [];
    const leave = cell.subscribe(() => heard.push(cell.getSnapshot()));
    leave();
    const leaveAgain = cell.subscribe(() => heard.push(cell.getSnapshot()));
    cell.set(1);
    cell.set(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([started, ended, heard]).to.deep.equal([1, 0, [1]]);
    leaveAgain();
    await until(() => ended === 1, "it ends");
  });
});

describe("names", () => {
  const address = "8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR";
  const shown = async (names: Names): Promise<ReturnType<ReturnType<NameBook["of"]>["getSnapshot"]>> => {
    let asked = false;
    const cell = new NameBook({ resolve: names.resolve, reverse: (of) => (asked = true, names.reverse(of)) }).of(address);
    const leave = cell.subscribe(() => undefined);
    await until(() => asked, "asked");
    await new Promise((resolve) => setImmediate(resolve));
    leave();
    return cell.getSnapshot();
  };

  it("are shown when they lead back to the address", async () => {
    expect(await shown({ reverse: async () => "bob.sol", resolve: async () => address })).to.deep.equal({ address, name: "bob.sol", deceptive: false });
    expect(await shown({ reverse: async () => "bob.sol", resolve: async () => "someone else" })).to.deep.equal({ address, name: undefined, deceptive: false });
    expect(await shown({ reverse: async () => { throw new Error("down"); }, resolve: async () => address })).to.include({ name: undefined });
  });

  it("that could be taken for others are told apart: homographs, mixed scripts, capitals; what is not seen is no name", async () => {
    for (const name of ["аррӏе.sol", "pаypal.sol", "ＢＯＢ.sol", "I1l.sol", "bob..sol", "bob sol"]) expect(isDeceptiveName(name), name).to.equal(true);
    for (const name of ["bob.sol", "bob-2.sol", "a.b.sol"]) expect(isDeceptiveName(name), name).to.equal(false);
    expect(await shown({ reverse: async () => "pаypal.sol", resolve: async () => address })).to.include({ name: "pаypal.sol", deceptive: true });
    for (const name of ["bob\u200b.sol", "\u202ebob.sol", "b".repeat(65), ""]) expect(await shown({ reverse: async () => name, resolve: async () => address })).to.include({ name: undefined });
  });

  it("typed by people resolve to addresses, and addresses to themselves", async () => {
    const book = new NameBook({ reverse: async () => undefined, resolve: async (name) => (name === "bob.sol" ? address : undefined) });
    expect(await book.resolve(" bob.sol ")).to.equal(address);
    expect(await book.resolve(address)).to.equal(address);
    expect(await book.resolve("nobody.sol")).to.equal(undefined);
    expect(await new NameBook(undefined).resolve("bob.sol")).to.equal(undefined);
    expect(shortAddress(address)).to.equal("8qbH…VfeR".replace("VfeR", address.slice(-4)));
  });
});

describe("the core's options", () => {
  it("are checked at once", () => {
    for (const options of [{ refreshMs: 10 }, { refreshMs: Number.NaN }, { mostMessages: 1 }]) expect(() => new Messaging({ connection: "http://127.0.0.1:1", ...options })).to.throw().with.property("code", "INVALID_ARGUMENT");
  });
});
