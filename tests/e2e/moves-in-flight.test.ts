import { inboxAddress, PROGRAM_ADDRESS } from "@postern/sdk/program";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { hooked } from "./support/connections.js";
import { inboxOf, profileOf } from "./support/ledger.js";
import { open, stage } from "./support/stage.js";
import { textsOf, until, untilClosed } from "./support/waiting.js";

describe("a message that one device has signed while another sees the conversation move", function () {
  this.timeout(200_000); // the closing waits for two hundred slots
  const on = stage({ slotTimeMs: 200 }); // so that it lives as long as on mainnet

  it("is read although it lands behind all that moved: the inbox that leads to it is not closed before", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob, "1");
    await toAlice.send("2");
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let held = 0;
    const device = await on.device(bob, {
      connection: hooked(on.connection, { sendRawTransaction: async (_call, pass) => (held++, await released, pass()), getSignatureStatuses: async (_call, pass) => (await released, pass()) }),
    });
    const late = (await device.postern.conversation(alice.address)).send("late");
    await until(() => held > 0, "it is signed");

    const before = inboxAddress((await profileOf(on.connection, alice.address)).delegate, 0, PROGRAM_ADDRESS);
    const stands = async (): Promise<boolean> => (await on.connection.getAccountInfo(new PublicKey(before), "confirmed")) !== null;
    await alice.postern.rotate();
    await toBob.send("3");
    await until(async () => {
      for (const chat of [toAlice, toBob]) await chat.history();
      return (await inboxOf(on.connection, alice.address, 0))?.state === "open";
    }, "the new inbox is answered");
    for (let i = 0; i < 10; i++) for (const chat of [toAlice, toBob]) await chat.history();
    expect(await stands()).to.equal(true);

    release();
    expect((await late).status).to.equal("confirmed");
    await until(async () => textsOf(await toBob.history()).includes("late"), "it is read");
    await toAlice.send("4");
    await untilClosed(async () => (await toAlice.history(), await toBob.history(), !(await stands())), "then the old inbox is closed");
    expect(textsOf(await toBob.history())).to.have.members(["1", "2", "3", "4", "late"]).and.to.have.lengthOf(5);
  });
});
