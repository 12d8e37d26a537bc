import { expect } from "chai";
import { PROGRAM_ADDRESS, SYSTEM_PROGRAM, type AccountRole, type Instruction } from "../../sdk/src/program/index.js";
import { onEachBuild } from "./support/builds.js";
import { INSTRUCTIONS } from "./support/idl.js";
import { bundleAddress } from "./support/parties.js";
import { SCENARIOS } from "./support/scenarios.js";
import type { World } from "./support/world.js";

/** What Anchor says of a read-only account that must be writable; for one that must sign as well, it has one word. */
const READ_ONLY = "Custom(2000)";
const READ_ONLY_SIGNER = "MissingRequiredSignature";

/** The instruction with the account in one slot changed. */
const withSlot = (instruction: Instruction, slot: number, change: Partial<AccountRole>): Instruction => ({
  ...instruction,
  accounts: instruction.accounts.map((account, i) => (i === slot ? { ...account, ...change } : account)),
});

const slotName = (name: string, slot: number): string => {
  const account = INSTRUCTIONS.find((instruction) => instruction.name === name)?.accounts[slot];
  if (account === undefined) throw new Error(`${name} has no account ${slot}.`);
  return account.name;
};

/** Slots whose accounts belong to the program before the instruction runs. */
const programSlots = (world: World, { accounts }: Instruction): number[] =>
  accounts.flatMap(({ address }, slot) => (address !== PROGRAM_ADDRESS && world.account(address)?.owner === PROGRAM_ADDRESS ? [slot] : []));

it("every instruction of the program has its scenario", () => {
  expect(Object.keys(SCENARIOS).sort()).to.deep.equal(INSTRUCTIONS.map(({ name }) => name).sort());
});

onEachBuild("The accounts of every instruction", (test) => {
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    test(`${name} needs every signature that it names`, (world) => {
      const instruction = scenario(world);
      const signers = instruction.accounts.flatMap(({ signer }, slot) => (signer ? [slot] : []));
      expect(signers).not.to.deep.equal([]);
      for (const slot of signers) world.refuses("MissingRequiredSignature", withSlot(instruction, slot, { signer: false }));
      world.does(instruction);
    });

    test(`${name} needs every account writable that it names so`, (world) => {
      const instruction = scenario(world);
      const writables = instruction.accounts.flatMap(({ writable, signer }, slot) => (writable ? [{ slot, signer }] : []));
      expect(writables).not.to.deep.equal([]);
      for (const { slot, signer } of writables) world.refuses(signer ? READ_ONLY_SIGNER : READ_ONLY, withSlot(instruction, slot, { writable: false }));
      world.does(instruction);
    });

    test(`${name} needs every account that it names`, (world) => {
      const instruction = scenario(world);
      for (let count = 0; count < instruction.accounts.length; count++) {
        world.refuses("NotEnoughAccountKeys", { ...instruction, accounts: instruction.accounts.slice(0, count) });
      }
      world.does(instruction);
    });

    test(`${name} takes no account of the program's that another program owns, that is of another type, version or too short`, (world) => {
      const instruction = scenario(world);
      for (const slot of programSlots(world, instruction)) {
        const { address } = instruction.accounts[slot]!;
        const real = world.account(address)!;
        const stranger = world.person().address;
        const refusesAs = (error: string, change: Partial<typeof real>): void => {
          world.plant(address, { ...real, ...change });
          world.refuses(error, instruction);
        };
        const edited = (at: number, value: number): Uint8Array => real.data.map((byte, i) => (i === at ? value : byte));
        for (const owner of [SYSTEM_PROGRAM, stranger]) refusesAs("IllegalOwner", { owner });
        for (let at = 0; at < 8; at++) refusesAs("InvalidAccountData", { data: edited(at, real.data[at]! ^ 1) });
        for (const version of [0, 2, 255]) refusesAs("UnsupportedVersion", { data: edited(8, version) });
        const header = slotName(name, slot) === "inbox" ? 444 : real.data.length;
        for (const length of [0, 7, 8, 9, header - 1]) refusesAs("AccountDataTooSmall", { data: real.data.slice(0, length) });
        world.plant(address, real);
      }
      world.does(instruction);
    });

    test(`${name} takes no other account of the right type for one of the program's`, (world) => {
      const [instruction, another] = [scenario(world), scenario(world)];
      for (const slot of programSlots(world, instruction)) {
        const before = world.snapshot();
        // A request may be sent to anyone: whose profile is given says to whom.
        if (name === "open_request") continue;
        expect(world.send([withSlot(instruction, slot, { address: another.accounts[slot]!.address })]).error, slotName(name, slot)).to.be.oneOf(SUBSTITUTED);
        expect(world.snapshot()).to.deep.equal(before);
      }
      world.does(instruction);
    });

    test(`${name} takes no account of another type for one of the program's`, (world) => {
      const instruction = scenario(world);
      const member = world.member();
      const chat = world.open({ capacity: 2_048 });
      for (const slot of programSlots(world, instruction)) {
        const address = slotName(name, slot) === "inbox" ? bundleAddress(member, 0) : chat.address;
        world.refuses("InvalidAccountData", withSlot(instruction, slot, { address }));
      }
      world.does(instruction);
    });

    test(`${name} takes no other program for the System program`, (world) => {
      const instruction = scenario(world);
      const slot = instruction.accounts.findIndex(({ address }) => address === SYSTEM_PROGRAM);
      if (slot >= 0) world.refuses("IncorrectProgramId", withSlot(instruction, slot, { address: PROGRAM_ADDRESS }));
      world.does(instruction);
    });
  }
});

/** What an account of somebody else's may meet: each says that it does not belong to whoever signed. */
const SUBSTITUTED = ["NotWriter", "NotReader", "NotRecipient", "NotOwner", "NotDelegate", "WrongAddress", "WrongRefund"];
