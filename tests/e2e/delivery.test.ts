import type { VersionedTransaction } from "@solana/web3.js";
import { expect } from "chai";
import { hooked, type Hook } from "./support/connections.js";
import { open, stage } from "./support/stage.js";
import { textsOf } from "./support/waiting.js";

describe("a message", () => {
  const on = stage({ slotTimeMs: 20 }); // a blockhash runs out after 150 slots

  /** Sends "1", "2" and "3" over a connection with these hooks; returns what the peer sees, and the transactions that were handed over. */
  async function throughHooks(hooks: (wires: string[]) => Parameters<typeof hooked>[1]): Promise<{ texts: string[]; wires: string[]; signatures: string[] }> {
    const [alice, bob] = await on.people(2);
    await open(alice, bob, "0");
    const wires: string[] = [];
    const chat = await (await on.device(alice, { connection: hooked(on.connection, hooks(wires)) })).postern.conversation(bob.address);
    const sent = [];
    for (const text of ["1", "2", "3"]) sent.push(await chat.send(text));
    const seen = await (await bob.postern.conversation(alice.address)).history();
    expect(seen.slice(1).map(({ id }) => id)).to.deep.equal(sent.map(({ id }) => id));
    return { texts: textsOf(seen), wires, signatures: sent.map(({ signature }) => signature) };
  }
  const wireOf = (args: readonly unknown[]): string => Buffer.from(args[0] as Uint8Array).toString("hex");

  it("whose transaction is dropped is handed over again, the same bytes, and lands once", async () => {
    const { texts, wires } = await throughHooks((handed) => ({
      sendRawTransaction: async (call, pass, args) => {
        handed.push(wireOf(args));
        return call === 1 || call === 2 ? "dropped" : pass();
      },
    }));
    expect(texts).to.deep.equal(["0", "1", "2", "3"]);
    expect(wires.slice(0, 3)).to.deep.equal([wires[0], wires[0], wires[0]]);
    expect(new Set(wires).size).to.equal(3);
  });

  it("whose transaction landed though the endpoint reported a failure lands once", async () => {
    const fail: Hook = async (_call, pass) => {
      await pass();
      throw new Error("504 Gateway Timeout");
    };
    const { texts } = await throughHooks(() => ({ sendRawTransaction: fail }));
    expect(texts).to.deep.equal(["0", "1", "2", "3"]);
  });

  it("whose status cannot be asked for a while lands once", async () => {
    const { texts } = await throughHooks(() => ({
      getSignatureStatuses: (call, pass) => (call % 4 === 0 ? pass() : Promise.reject(new Error("429"))),
    }));
    expect(texts).to.deep.equal(["0", "1", "2", "3"]);
  });

  it("whose transaction never arrives is signed anew, but only once the first can no longer land", async () => {
    let expired: { wire: string; atMs: number } | undefined;
    let signedAgainAfterMs = 0;
    const { texts, wires } = await throughHooks((handed) => ({
      sendRawTransaction: async (_call, pass, args) => {
        const wire = wireOf(args);
        handed.push(wire);
        expired ??= { wire, atMs: performance.now() };
        if (wire === expired.wire) return "dropped";
        signedAgainAfterMs ||= performance.now() - expired.atMs;
        return pass();
      },
    }));
    expect(texts).to.deep.equal(["0", "1", "2", "3"]);
    expect(new Set(wires).size).to.equal(4);
    expect(signedAgainAfterMs).to.be.above(150 * 20 - 1_000);
  });

  it("of which the endpoint does not tell whether it landed is looked for in the ring, and counts as sent where it stands there", async () => {
    const [alice, bob] = await on.people(2);
    await open(alice, bob, "0");
    let hidden = true;
    const hide: Hook = (_call, pass) => (hidden ? Promise.reject(new Error("503")) : pass());
    const device = await on.device(alice, { connection: hooked(on.connection, { getSignatureStatuses: hide, getBlockHeight: hide }) });
    const chat = await device.postern.conversation(bob.address);
    const { id } = await chat.send("1");
    hidden = false;
    await chat.send("2");
    const seen = await (await bob.postern.conversation(alice.address)).history();
    expect(textsOf(seen)).to.deep.equal(["0", "1", "2"]);
    expect(id).to.equal(seen[1]!.id);
  });

  it("is simulated before it is signed for the network, so that a refusal costs nothing", async () => {
    const [alice, bob] = await on.people(2);
    await open(alice, bob, "0");
    const simulated: unknown[] = [];
    const device = await on.device(alice, {
      connection: hooked(on.connection, {
        simulateTransaction: (_call, pass, args) => {
          simulated.push((args[0] as VersionedTransaction).signatures.every((signature) => signature.every((byte) => byte === 0)));
          return pass();
        },
      }),
    });
    await (await device.postern.conversation(bob.address)).send("1");
    expect(simulated).to.deep.equal([true]);
  });

  it("shares its blockhash with nothing that is done, undone and done again in a moment: the last one counts", async () => {
    const [alice, bob] = await on.people(2);
    for (const kind of ["closed", "open", "closed", "open", "closed"] as const) await bob.postern.setContactPolicy({ kind });
    expect((await alice.postern.canMessage([bob.address])).get(bob.address)).to.equal(false);
  });
});
