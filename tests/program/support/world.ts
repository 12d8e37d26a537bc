/** A ledger with people on it who have profiles and inboxes, and what every test asks of it. */
import { expect } from "chai";
import * as p from "../../../sdk/src/program/index.js";
import { noise } from "./bytes.js";
import { Ledger, SOL, type Outcome } from "./ledger.js";
import {
  accept,
  acknowledge,
  activateBundle,
  createBundle,
  createProfile,
  openInbox,
  openRequest,
  post,
  writeWholeBundle,
  type Chat,
  type Member,
} from "./parties.js";
import type { Person } from "./person.js";

type MemberChoices = { wallet?: Person; delegate?: Person; refund?: p.Address; bundleRefund?: p.Address; policy?: p.ContactPolicy; keys?: boolean };
type ChatChoices = Partial<Omit<Chat, "address">>;

export class World extends Ledger {
  #chats = 0;

  /** Sends a transaction that must succeed. */
  does(...instructions: readonly p.Instruction[]): Outcome {
    const outcome = this.send(instructions);
    expect(outcome.error, "refusal").to.equal(undefined);
    return outcome;
  }

  /** Sends a transaction that must fail with `error` and change nothing. */
  refuses(error: string, ...instructions: readonly p.Instruction[]): void {
    const before = this.snapshot();
    const outcome = this.send(instructions);
    expect(outcome.error ?? "success").to.equal(error);
    expect(this.snapshot()).to.deep.equal(before);
  }

  /** A wallet that has not registered yet. */
  stranger(choices: MemberChoices = {}): Member {
    const { wallet = this.person(), delegate = this.person(), refund = this.person().address, bundleRefund = this.person().address } = choices;
    return { wallet, delegate, refund, bundleRefund, profile: p.profileAddress(wallet.address, p.PROGRAM_ADDRESS) };
  }

  /** A wallet with a profile and, unless told otherwise, activated keys of generation 0. */
  member(choices: MemberChoices = {}): Member {
    const member = this.stranger(choices);
    this.does(createProfile(member, member.wallet, choices.policy === undefined ? {} : { policy: choices.policy }));
    if (choices.keys !== false) this.publish(member, 0);
    return member;
  }

  /** Creates, uploads and activates a generation. */
  publish(member: Member, generation: number, delegate = member.delegate): void {
    this.does(createBundle(member, generation, { delegate: delegate.address }));
    for (const chunk of writeWholeBundle(member, generation, delegate)) this.does(chunk);
    this.does(activateBundle(member, generation, delegate));
  }

  /** The names and numbers of an inbox that nobody has opened yet. */
  chat(choices: ChatChoices = {}): Chat {
    const index = choices.index ?? this.#chats++;
    const { payer = this.person(), writer = this.person(), reader = this.person(), refund = this.person().address } = choices;
    const { capacity = 1_024, overwrite = false, openSalt = noise(16, `salt ${index}`) } = choices;
    return { address: p.inboxAddress(writer.address, index, p.PROGRAM_ADDRESS), index, payer, writer, reader, refund, capacity, overwrite, openSalt };
  }

  /** An open inbox. */
  open(choices: ChatChoices = {}): Chat {
    const chat = this.chat(choices);
    this.does(openInbox(chat));
    return chat;
  }

  /** A request to `recipient`. */
  request(recipient: Member, choices: ChatChoices = {}): Chat {
    const chat = this.chat(choices);
    this.does(openRequest(chat, recipient, SOL));
    return chat;
  }

  /** A request that its recipient has accepted. */
  accepted(choices: ChatChoices = {}): Chat {
    const recipient = this.member();
    const chat = this.request(recipient, choices);
    this.does(accept(chat, recipient));
    return chat;
  }

  /** Posts payloads, one transaction each, at whatever numbers come next. */
  post(chat: Chat, ...payloads: readonly Uint8Array[]): void {
    let next = this.inbox(chat).next;
    for (const payload of payloads) this.does(post(chat, next++, payload));
  }

  acknowledge(chat: Chat, upto = this.inbox(chat).next): void {
    this.does(acknowledge(chat, upto));
  }

  inbox(chat: { readonly address: p.Address }): p.Inbox {
    return p.decodeInbox(this.#present(chat.address), p.PROGRAM_ADDRESS);
  }

  profile(member: Member): p.Profile {
    return p.decodeProfile(this.#present(member.profile), p.PROGRAM_ADDRESS);
  }

  bundle(address: p.Address): p.KeyBundleAccount {
    return p.decodeKeyBundle(this.#present(address), p.PROGRAM_ADDRESS);
  }

  /** Whether nothing is left at an address. */
  gone(address: p.Address): boolean {
    return this.account(address) === undefined;
  }

  /** What each of `addresses` gains while `act` runs; negative for a loss. */
  gains(addresses: readonly p.Address[], act: () => void): bigint[] {
    const before = addresses.map((address) => this.balance(address));
    act();
    return addresses.map((address, i) => this.balance(address) - before[i]!);
  }

  #present(address: p.Address): p.AccountData {
    const account = this.account(address);
    if (account === undefined) throw new Error(`There is no account ${address}.`);
    return account;
  }
}
