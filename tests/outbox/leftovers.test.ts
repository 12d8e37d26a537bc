/** A message that is put in while the process is killed, or while another tab looks: it is in the outbox, or nothing of it is in the store. */
import { memoryStore, type Store } from "@postern/sdk";
import { expect } from "chai";
import { sealedStore, type SealedStore } from "../../sdk/src/store/sealed.js";
import { OutboxMessages } from "../../sdk/src/outbox/messages.js";
import { dyingStore } from "../hostile/support/dying-store.js";

const MESSAGE = { peer: "11111111111111111111111111111111", kind: 0, body: new TextEncoder().encode("gm"), maxPostageLamports: 0n };
const parts = { domain: new Uint8Array(32).fill(1), secret: new Uint8Array(32).fill(2) };
const nothing = { retry: async () => undefined, cancel: async () => false };

const sealed = (store: Store): SealedStore => sealedStore(store, parts);
const tab = (store: Store): OutboxMessages => new OutboxMessages(sealed(store), nothing);
const records = async (store: Store): Promise<string[]> => (await sealed(store).keys("")).sort();

async function reopened(store: Store): Promise<string[]> {
  const messages = tab(store);
  await messages.load();
  return messages.all().map(({ id }) => id);
}

describe("a message on its way into the outbox", () => {
  it("is in it or leaves nothing in the store, whatever operation its process is killed at", async () => {
    const outcomes = new Set<number>();
    for (let operations = 0, isWhole = false; !isWhole; operations++) {
      const store = memoryStore();
      const dying = dyingStore(store);
      dying.dieAfter(operations);
      isWhole = await tab(dying.store).append(MESSAGE, 1).then(() => true, () => false);
      const ids = await reopened(store);
      outcomes.add(ids.length);
      expect(await records(store), `killed after ${operations} operations`).to.deep.equal(ids.length === 0 ? [] : [`out/${ids[0]}`, "outbox"]);
      if (isWhole) expect(ids).to.have.length(1);
    }
    expect([...outcomes].sort()).to.deep.equal([0, 1]);
  });

  it("is in it once it was put there, wherever another tab looks meanwhile, and wherever it goes on while that one looks", async () => {
    const [own, others] = [await operationsOf((store) => tab(store).append(MESSAGE, 1)), 8];
    expect(own).to.be.at.least(5);
    for (let at = 0; at < own; at++) {
      for (let goesOnAt = 0; goesOnAt < others; goesOnAt++) {
        const store = memoryStore();
        const held = gate();
        const reached = gate();
        const appending = tab(before(store, at, async () => (reached.open(), held.opened))).append(MESSAGE, 1);
        await reached.opened;
        const other = tab(before(store, goesOnAt, async () => void (held.open(), await appending)));
        await other.load();
        held.open();
        const { id } = await appending;
        const what = `held before operation ${at} until the other tab's ${goesOnAt}`;
        expect(await reopened(store), what).to.deep.equal([id]);
        expect(await records(store), what).to.deep.equal([`out/${id}`, "outbox"]);
        await other.load();
        expect(other.all().map((message) => message.id), what).to.deep.equal([id]);
      }
    }
  });
});

/** A store that does something before its n-th operation, from 0. */
function before(store: Store, n: number, work: () => Promise<void>): Store {
  let operations = 0;
  const after = <A extends unknown[], T>(operation: (...args: A) => Promise<T>) => async (...args: A): Promise<T> => {
    if (operations++ === n) await work();
    return operation(...args);
  };
  return { ...store, get: after(store.get), set: after(store.set), delete: after(store.delete), replace: after(store.replace) };
}

async function operationsOf(work: (store: Store) => Promise<unknown>): Promise<number> {
  const { store, operations } = dyingStore(memoryStore());
  await work(store);
  return operations();
}

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
