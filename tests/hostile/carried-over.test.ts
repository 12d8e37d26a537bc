/** What is taken along to a new root's store, whatever stops it and whoever else writes: every record, at its newest, and nothing that is forged later. */
import { memoryStore, type Store } from "@postern/sdk";
import { concat, u32 } from "@postern/sdk/crypto";
import { expect } from "chai";
import { carryOver, prepareStore } from "../../sdk/src/client/carry-over.js";
import { OLDER_STORES } from "../../sdk/src/client/device.js";
import { Rpc } from "../../sdk/src/net/rpc.js";
import { decodeIds, encodeIds, recordName } from "../../sdk/src/outbox/log.js";
import { OUTBOX } from "../../sdk/src/outbox/name.js";
import { sealedStore, type SealedStore } from "../../sdk/src/store/sealed.js";
import type { Context } from "../../sdk/src/sync/context.js";
import { blockName, decodeBlock, decodeIndex, encodeBlock, encodeIndex, indexName, type KeptFrame } from "../../sdk/src/sync/archive-records.js";
import { decodeCursor, encodeCursor } from "../../sdk/src/sync/cursor.js";
import { Keyring } from "../../sdk/src/sync/keyring.js";
import { dyingStore, scopesIn } from "./support/dying-store.js";
import { program, random } from "./support/raw-device.js";
import { World, type Person } from "./support/world.js";

const WEEK_MS = 7 * 86_400_000;
const [BOB, CAROL, DAVE, ERIN] = [2, 3, 4, 5].map((i) => `${i}`.repeat(32)) as [string, string, string, string];
const [A, B, C] = [1, 2, 3].map((i) => `${"1".repeat(31)}${i + 1}:${`0${i}`.repeat(16)}` as const) as [`${string}:${string}`, `${string}:${string}`, `${string}:${string}`];
const pin = (validFrom: number, generation: number, hash = 7): Uint8Array => concat(u32(validFrom), u32(generation), new Uint8Array(32).fill(hash));
const mark = (...reached: [`${string}:${string}`, number][]): Uint8Array => new TextEncoder().encode(encodeCursor(new Map(reached) as never));
const frame = (seq: number, proven: boolean): KeptFrame => ({ seq, time: 100 + seq, proven, payload: Uint8Array.of(seq) });
const kept = (...frames: KeptFrame[]): Uint8Array => encodeBlock({ head: undefined, frames });
const index = (...lives: [`${string}:${string}`, number[]][]): Uint8Array => encodeIndex(lives.map(([key, blocks]) => ({
  key: key as never, address: key.split(":")[0]!, openSalt: new Uint8Array(16).fill(Number(key.slice(-1))), mine: false, start: 2, openedSlot: 1n, openedTime: 1,
  inboxKey: new Uint8Array(64), counterpart: undefined, blocks: new Map(blocks.map((number) => [number, number])),
})));

describe("what is carried over to a new root's store", function () {
  this.timeout(120_000);
  let world: World;
  let alice: Person;
  const clock = Date.now;
  const [older, newer] = [random(32), random(32)];

  before(async () => {
    world = await World.start();
    alice = await world.person();
  });
  afterEach(() => void (Date.now = clock));
  after(() => world.stop());

  const under = (store: Store, secret: Uint8Array): SealedStore => sealedStore(store, { domain: world.cluster.domain, secret });
  const contextOf = (store: Store, secret = newer): Context => {
    const { cluster, connection } = world;
    const { walletBytes } = alice.raw;
    const rpc = new Rpc(connection, "confirmed", new AbortController().signal, () => undefined);
    return { rpc, cluster, program, wallet: alice.address, walletBytes, keyring: new Keyring(cluster, walletBytes, new Map()), store: under(store, secret), emit: () => undefined, archiveLimit: 0 };
  };
  const carry = (store: Store): Promise<void> => carryOver(contextOf(store), { older: [older.slice()], generation: 0 });
  const keyOf = async (store: Store, change: () => Promise<void>): Promise<string> => {
    const had = new Set(await store.keys(""));
    await change();
    return (await store.keys("")).find((key) => !had.has(key)) ?? "";
  };

  /** Two stores of one wallet, either of which has something newer than the other; one record does not open. */
  async function filled(): Promise<Store> {
    const store = memoryStore();
    const [from, to] = [under(store, older), under(store, newer)];
    await from.set(`pin/${BOB}`, pin(10, 1));
    await from.set(`pin/${CAROL}`, pin(10, 1));
    await to.set(`pin/${CAROL}`, pin(10, 2));
    await from.set(`pin/${DAVE}`, pin(20, 1));
    await to.set(`pin/${DAVE}`, pin(10, 5));
    await from.set(`accepted/${BOB}`, pin(10, 1));
    await to.set(`accepted/${BOB}`, pin(9, 0));
    await to.set(`accepted/${CAROL}`, pin(10, 2));
    await from.set(`accepted/${CAROL}`, pin(10, 1));
    await from.set(`read/${BOB}`, mark([A, 5], [B, 1]));
    await to.set(`read/${BOB}`, mark([A, 3], [C, 9]));
    await from.set("of/another/kind", Uint8Array.of(1));
    await from.set(indexName(BOB), index([A, [0, 1]], [B, [0]]));
    await to.set(indexName(BOB), index([A, [1, 2]], [C, [7]]));
    await from.set(blockName(A as never, 0), kept(frame(2, true)));
    await from.set(blockName(A as never, 1), kept(frame(32, true), frame(33, false)));
    await to.set(blockName(A as never, 1), kept(frame(32, false), frame(34, false)));
    const key = await keyOf(store, () => from.set(`pin/${ERIN}`, pin(10, 1)));
    await store.set(key, (await store.get(key))!.map((byte, i) => (i === 40 ? byte ^ 1 : byte)));
    return store;
  }

  async function expectWhole(store: Store, what: string): Promise<void> {
    const to = under(store, newer);
    expect(await to.get(`pin/${BOB}`), what).to.deep.equal(pin(10, 1));
    expect(await to.get(`pin/${CAROL}`), what).to.deep.equal(pin(10, 2));
    expect(await to.get(`pin/${DAVE}`), what).to.deep.equal(pin(20, 1));
    expect([await to.get(`accepted/${BOB}`), await to.get(`accepted/${CAROL}`)], what).to.deep.equal([pin(10, 1), pin(10, 2)]);
    expect(decodeCursor(new TextDecoder().decode((await to.get(`read/${BOB}`))!)), what).to.deep.equal(new Map([[A, 5], [B, 1], [C, 9]]));
    expect(await to.get("of/another/kind"), what).to.deep.equal(Uint8Array.of(1));
    const lives = [...decodeIndex(await to.get(indexName(BOB)))].map(([key, { blocks }]) => [key, [...blocks.keys()].sort()] as const);
    expect(new Map(lives), `${what}: every block of either is named`).to.deep.equal(new Map([[A, [0, 1, 2]], [B, [0]], [C, [7]]]));
    expect(decodeBlock((await to.get(blockName(A as never, 0)))!)?.frames, what).to.deep.equal([frame(2, true)]);
    expect(decodeBlock((await to.get(blockName(A as never, 1)))!)?.frames, `${what}: with the frames of both`).to.deep.equal([frame(32, true), frame(33, false), frame(34, false)]);
    expect(await to.get(`pin/${ERIN}`), `${what}: damaged, and not taken for absent`).to.deep.equal(new Uint8Array(0));
    const names = (await to.keys("")).filter((name) => name !== `pin/${alice.address}`); // comes along once it stands in the old store
    expect(names.sort()).to.deep.equal([`pin/${BOB}`, `pin/${CAROL}`, `pin/${DAVE}`, `pin/${ERIN}`, `accepted/${BOB}`, `accepted/${CAROL}`, `read/${BOB}`, "of/another/kind", OLDER_STORES, indexName(BOB), blockName(A as never, 0), blockName(A as never, 1)].sort());
  }

  it("is whole although the work ends between any two operations of the store, and the old records go only after a week", async () => {
    let least = Infinity;
    for (let operations = 0; ; operations++) {
      const store = await filled();
      let ended = true;
      for (const days of [0, 8]) {
        Date.now = () => clock() + days * (WEEK_MS / 7);
        const dying = dyingStore(store);
        dying.dieAfter(operations);
        const failed = await carry(dying.store).then(() => false, () => true);
        ended &&= !failed;
        least = Math.min(least, (await under(store, older).keys("")).length);
        if (days === 0) expect(least, "nothing is removed in the first week").to.be.at.least(6);
        await carry(store);
        await expectWhole(store, `ended after ${operations} operations, ${days} days later`);
      }
      least = Infinity;
      expect(await under(store, older).keys(""), `after ${operations} operations`).to.deep.equal([`pin/${alice.address}`]);
      Date.now = clock;
      if (ended) break;
    }
  });

  it("is whole before the new root's keys are active: the old store is as it was", async () => {
    const store = await filled();
    const before = await Promise.all((await store.keys("")).map(async (key) => [key, String(await store.get(key))] as const));
    const [scope] = [...(await scopesIn(store)).keys()] as [string];
    await prepareStore(contextOf(store, older), newer);
    await expectWhole(store, "prepared");
    for (const [key, value] of before) if (key.includes(scope)) expect(String(await store.get(key))).to.equal(value);
  });

  it("has no message of the outbox before the new root's keys are active, and then each once: one store alone sends it", async () => {
    const inner = await filled();
    const [from, to] = [under(inner, older), under(inner, newer)];
    const [first, second, settled] = ["01", "02", "03"].map((id) => id.repeat(8)) as [string, string, string];
    const listed = async (store: SealedStore): Promise<string[]> => decodeIds(await store.get(OUTBOX));
    const ofOutbox = async (store: SealedStore): Promise<string[]> => (await store.keys("")).filter((name) => /^(out|lease)/.test(name)).sort();
    for (const id of [first, second]) await from.set(recordName(id), Uint8Array.of(1));
    await from.set(OUTBOX, encodeIds([first, settled, second]));
    await from.set(`lease/${BOB}`, Uint8Array.of(1));
    const before = await ofOutbox(from);
    await prepareStore(contextOf(inner, older), newer);
    expect([await ofOutbox(to), await ofOutbox(from)]).to.deep.equal([[], before]);
    let isChanged = false; // by a tab under the old root, once the new store has the message as it was
    await carry({ ...inner, set: async (key, value) => {
      await inner.set(key, value);
      if (isChanged || (await to.get(recordName(second))) === undefined) return;
      isChanged = true;
      await from.set(recordName(second), Uint8Array.of(2));
    } });
    const moved = [await listed(to), await to.get(recordName(first)), await to.get(recordName(second)), await from.get(recordName(second))];
    expect(moved).to.deep.equal([[first, second], Uint8Array.of(1), Uint8Array.of(2), undefined]);
    await from.set(OUTBOX, encodeIds([first, second])); // as when the move ended before it was noted there
    await carry(inner);
    expect([await listed(to), await listed(from)]).to.deep.equal([[first, second], []]);
  });

  it("takes a pin for what came along damaged, and for nothing else that cannot be read; a list of older stores that cannot be read stops nothing", async () => {
    const store = memoryStore();
    const [from, to] = [under(store, older), under(store, newer)];
    for (const peer of [BOB, CAROL]) await from.set(`pin/${peer}`, pin(10, 1));
    await to.set(`pin/${BOB}`, new Uint8Array(0));
    await to.set(`pin/${CAROL}`, Uint8Array.of(1, 2));
    await to.set(OLDER_STORES, Uint8Array.of(1));
    await carry(store);
    expect([await to.get(`pin/${BOB}`), await to.get(`pin/${CAROL}`)]).to.deep.equal([pin(10, 1), Uint8Array.of(1, 2)]);
  });

  it("takes nothing from the old store once that is done with, and until then nothing that is older", async () => {
    const store = await filled();
    await carry(store);
    await under(store, older).set(`pin/${BOB}`, pin(9, 9));
    await under(store, older).set(`pin/${CAROL}`, pin(11, 3));
    await carry(store);
    expect(await under(store, newer).get(`pin/${BOB}`)).to.deep.equal(pin(10, 1));
    expect(await under(store, newer).get(`pin/${CAROL}`), "by a tab that went on").to.deep.equal(pin(11, 3));
    Date.now = () => clock() + 8 * (WEEK_MS / 7);
    await carry(store);
    await under(store, older).set(`pin/${BOB}`, pin(4_000_000_000, 1));
    await under(store, older).set(`read/${CAROL}`, mark([A, 1_000]));
    await carry(store);
    expect(await under(store, newer).get(`pin/${BOB}`), "forged by who has the old root").to.deep.equal(pin(10, 1));
    expect(await under(store, newer).get(`read/${CAROL}`)).to.equal(undefined);
  });

  it("follows from root to root: what lies two roots back comes along though the one between never saw it", async () => {
    const store = memoryStore();
    const newest = random(32);
    await under(store, older).set(`pin/${BOB}`, pin(10, 1));
    await prepareStore({ ...contextOf(store, older) }, newer);
    await under(store, older).set(`pin/${CAROL}`, pin(10, 1)); // by a tab that still had the first root
    await carryOver(contextOf(store, newest), { older: [newer.slice()], generation: 0 });
    for (const wallet of [BOB, CAROL]) expect(await under(store, newest).get(`pin/${wallet}`), wallet).to.deep.equal(pin(10, 1));
  });

  it("takes along what is written in the very moment in which the old record is removed", async () => {
    const store = await filled();
    await carry(store);
    Date.now = () => clock() + 8 * (WEEK_MS / 7);
    let late = 0;
    const write = async (): Promise<void> => {
      if (++late <= 3) for (const wallet of [BOB, CAROL, DAVE]) await under(store, older).update(`pin/${wallet}`, () => pin(100 + late, 1));
    };
    const watched: Store = {
      ...store,
      delete: async (key) => (await write(), store.delete(key)),
      replace: async (key, expected, next) => (next === undefined && (await write()), store.replace(key, expected, next)),
    };
    await carry(watched);
    expect(late).to.be.greaterThan(2);
    for (const wallet of [BOB, CAROL, DAVE]) expect([await under(store, newer).get(`pin/${wallet}`), await under(store, older).get(`pin/${wallet}`)].map(String)).to.include(String(pin(103, 1)));
  });

  it("loses nothing when several tabs carry over while one still writes under the old root", async () => {
    const store = await filled();
    await carry(store);
    Date.now = () => clock() + 8 * (WEEK_MS / 7); // now the old records are removed as they are carried over
    const from = under(store, older);
    const write = async (): Promise<void> => {
      for (let i = 1; i <= 30; i++) await from.update(`read/${DAVE}`, () => mark([B, i]));
      for (let i = 1; i <= 30; i++) await from.update(`pin/${BOB}`, () => pin(10 + i, 1));
    };
    await Promise.all([write(), carry(store), carry(store), carry(store)]);
    const [last, read] = [await from.get(`pin/${BOB}`), await from.get(`read/${DAVE}`)];
    const to = under(store, newer);
    const reached = async (sealed: Uint8Array | undefined): Promise<number> => (sealed ? (decodeCursor(new TextDecoder().decode(sealed)).get(B) ?? 0) : 0);
    expect(last ? true : String(await to.get(`pin/${BOB}`)) === String(pin(40, 1)), "the newest pin is in either store").to.equal(true);
    expect(Math.max(await reached(read), await reached(await to.get(`read/${DAVE}`)))).to.equal(30);
  });
});
