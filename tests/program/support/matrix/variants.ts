/** What the matrix runs: the scenario of every instruction, and further ones where an instruction has another side. */
import { fill } from "../bytes.js";
import { closeProfile, close, decline, accept, resize, updateProfile } from "../parties.js";
import { SCENARIOS } from "../scenarios.js";
import type { Contract } from "./contracts.js";
import type { Scenario } from "./trial.js";

export type Variant = {
  readonly name: string;
  readonly instruction: string;
  readonly scenario: Scenario;
  /** What this side of the instruction asks of its accounts, where that differs. */
  readonly instead?: Contract;
};

const OTHERS: readonly Variant[] = [
  {
    name: "resize_inbox that grows",
    instruction: "resize_inbox",
    scenario: (world) => {
      const chat = world.open();
      world.post(chat, fill(100, 1));
      return resize(chat, 2_048, 1);
    },
  },
  {
    name: "accept by the wallet",
    instruction: "accept",
    scenario: (world) => {
      const recipient = world.member();
      return accept(world.request(recipient), recipient, recipient.wallet);
    },
  },
  {
    name: "close_inbox after a refusal",
    instruction: "close_inbox",
    scenario: (world) => {
      const recipient = world.member();
      const chat = world.request(recipient);
      world.does(decline(chat, recipient));
      return close(chat, 0, world.person());
    },
    instead: { closer: { is: "authority", stranger: { allowed: "a declined inbox is closed by anyone, to its refund address" } } },
  },
  {
    name: "update_profile by the delegate",
    instruction: "update_profile",
    scenario: (world) => {
      const member = world.member();
      return updateProfile(member, member.delegate, { policy: { kind: "postage", lamports: 5n } });
    },
  },
  {
    name: "close_profile without keys",
    instruction: "close_profile",
    scenario: (world) => {
      world.member();
      return closeProfile(world.member({ keys: false }), undefined);
    },
    instead: { bundle: { is: "absent", type: "KeyBundle", given: "WrongAddress" }, bundle_refund: { is: "absent", given: undefined } },
  },
];

export const VARIANTS: readonly Variant[] = [
  ...Object.entries(SCENARIOS).map(([name, scenario]) => ({ name, instruction: name, scenario })),
  ...OTHERS,
];
