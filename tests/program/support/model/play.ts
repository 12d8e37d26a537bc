/** One step on the ledger and in the model: what each says of it. */
import { PROGRAM_ADDRESS, transfer, type Address, type Instruction } from "../../../../sdk/src/program/index.js";
import { fill, noise } from "../bytes.js";
import { CERTIFICATE, cardOf, xWingKey } from "../card.js";
import { NOBODY, NONE, type InboxModel, type ProfileModel } from "./accounts.js";
import { bundleAt, inboxAt, profileAt } from "./addresses.js";
import { build } from "./build.js";
import type { Opening, ProgramModel } from "./program-model.js";
import { PEOPLE, WALLETS, type Step, type StepOf } from "./steps.js";

export type Played = { readonly sent: Instruction; readonly act: () => string | undefined };
type Of<Kind extends Step["kind"]> = (step: StepOf<Kind>, story: Story) => Played;

/** Who is who, and what the model knows: with it, a step's numbers become addresses. */
export class Story {
  readonly people: readonly Address[];
  readonly model: ProgramModel;

  constructor(people: readonly Address[], model: ProgramModel) {
    this.people = people;
    this.model = model;
  }

  one(number: number): Address {
    return this.people[number] ?? NOBODY;
  }

  /** Everybody, then nobody, the program, the account `itself`, and the other of profile and bundle. */
  refund(number: number, itself: Address, other = itself): Address {
    return this.people[number] ?? [NOBODY, PROGRAM_ADDRESS, itself, other][number - PEOPLE] ?? NOBODY;
  }

  /** `entitled` for a negative number; somebody where nobody is. */
  right(number: number, entitled: Address | undefined): Address {
    const somebody = entitled === undefined || entitled === NOBODY ? this.one(0) : entitled;
    return number < 0 ? somebody : this.one(number);
  }

  profile(wallet: number): ProfileModel | undefined {
    return this.model.profiles.get(profileAt(this.one(wallet)));
  }

  /** The second to the fourth of the people write. `there`: an inbox that exists, if any does. */
  inbox({ writer, index, there }: { writer: number; index: number; there?: boolean }): { at: Address; inbox: InboxModel | undefined; writer: Address; index: number } {
    const all = [...this.model.inboxes];
    const [at, found] = all[(2 * writer + index) % all.length] ?? [];
    if (there === true && at !== undefined && found !== undefined) return { at, inbox: found, writer: found.writer, index: found.index };
    return this.#place(this.one(writer + 1), index);
  }

  #place(address: Address, index: number): ReturnType<Story["inbox"]> {
    const at = inboxAt(address, index);
    return { at, inbox: this.model.inboxes.get(at), writer: address, index };
  }

  generation(number: number, fallback: number | undefined): number {
    return number >= 0 ? number : fallback === undefined || fallback === NONE ? 0 : fallback;
  }

  /** A bundle of the wallet's: the one of `usual` for a negative number, any that exists, or where the first would be. */
  bundle(of: number, owner: number, number: number, usual: number | undefined) {
    const wallet = this.one(owner < 0 ? of : owner);
    const generations = [...this.model.bundles.values()].filter((bundle) => bundle.wallet === wallet).map(({ generation }) => generation);
    const at = bundleAt(wallet, number < 0 ? this.generation(number, usual) : (generations[number % generations.length] ?? 0));
    return { at, bundle: this.model.bundles.get(at) };
  }
}

const beside = (number: number, off: number): number => Math.min(Math.max(number + off, 0), NONE);
/** The bundle that is being uploaded, most of the time. */
const latest = (profile: ProfileModel | undefined): number | undefined => (profile === undefined || profile.next === 0 ? undefined : profile.next - 1);

function opening(step: StepOf<"openRequest"> | StepOf<"openInbox">, story: Story): Opening {
  const { at, writer, index } = story.inbox(step.place);
  const [openSalt, ownerBox] = [fill(16, step.salt), fill(120, step.salt)];
  return { payer: story.one(step.payer), writer, index, capacity: step.capacity, flags: step.flags, openSalt, ownerBox, refund: story.refund(step.refund, at) };
}
const openingArgs = ({ index, capacity, flags, openSalt, refund }: Opening) => [index, capacity, flags, openSalt, refund];

const PLAYS: { readonly [Kind in Exclude<Step["kind"], "wait">]: Of<Kind> } = {
  createProfile: (s, story) => {
    const [payer, wallet, delegate] = [story.one(s.payer), story.one(s.wallet), story.one(s.delegate)];
    const refund = story.refund(s.refund, profileAt(wallet), bundleAt(wallet, 0));
    const { rootNumber, rootKind, policy, postage } = s;
    const sent = build("create_profile", [payer, wallet, profileAt(wallet)], [delegate, rootNumber, rootKind, policy, postage, refund]);
    return { sent, act: () => story.model.createProfile(payer, wallet, refund, { delegate, rootNumber, rootKind, policy, postage }) };
  },
  updateProfile: (s, story) => {
    const of = story.one(s.of);
    const signer = story.right(s.signer, of);
    const { rootNumber, rootKind, policy, postage } = s;
    const delegate = s.delegate === undefined ? undefined : story.one(s.delegate);
    const sent = build("update_profile", [signer, profileAt(of)], [delegate, rootNumber, rootKind, policy, postage]);
    return { sent, act: () => story.model.updateProfile(signer, of, { delegate, rootNumber, rootKind, policy, postage }) };
  },
  closeProfile: (s, story) => {
    const of = story.one(s.of);
    const profile = story.profile(s.of);
    const [signer, refund] = [story.right(s.signer, of), story.right(s.refund, profile?.refund)];
    const { at, bundle } = story.bundle(s.of, s.bundleOf, s.generation, profile?.current);
    const wanted = profile !== undefined && profile.current !== NONE;
    const given = wanted === s.given ? { at, refund: story.right(s.bundleRefund, bundle?.refund) } : undefined;
    const sent = build("close_profile", [signer, profileAt(of), refund, given?.at, given?.refund]);
    return { sent, act: () => story.model.closeProfile(signer, of, refund, given) };
  },
  createBundle: (s, story) => {
    const [payer, of] = [story.one(s.payer), story.one(s.of)];
    const [wallet, delegate] = [story.right(s.signer, of), story.one(s.delegate)];
    const generation = story.generation(s.generation, story.profile(s.of)?.next);
    const at = bundleAt(wallet, generation);
    const refund = story.refund(s.refund, at, profileAt(wallet));
    const card = cardOf({ generation, wallet, delegate, ...(s.sound ? {} : { suite: 2 }), ...(s.honest ? {} : { xWing: fill(1_216, 9) }) });
    const sent = build("create_key_bundle", [payer, wallet, profileAt(of), at], [card, CERTIFICATE, refund]);
    return { sent, act: () => story.model.createBundle(payer, of, { wallet, generation, delegate, card, certificate: CERTIFICATE, refund }, s.sound) };
  },
  writeBundle: (s, story) => {
    const { at, bundle } = story.bundle(s.of, -1, s.generation, latest(story.profile(s.of)));
    const signer = story.right(s.signer, bundle?.delegate);
    const offset = Math.min(beside(bundle?.written ?? 0, s.off), 0xffff);
    const chunk = xWingKey(bundle?.generation ?? 0).slice(offset, offset + s.length);
    const sent = build("write_key_bundle", [signer, at], [offset, s.length > chunk.length ? noise(s.length, "long") : chunk]);
    return { sent, act: () => story.model.writeBundle(signer, at, offset, s.length > chunk.length ? noise(s.length, "long") : chunk) };
  },
  activateBundle: (s, story) => {
    const { at, bundle } = story.bundle(s.of, s.bundleOf, s.generation, latest(story.profile(s.of)));
    const [of, signer] = [story.one(s.of), story.right(s.signer, bundle?.delegate)];
    return { sent: build("activate_key_bundle", [signer, profileAt(of), at]), act: () => story.model.activateBundle(signer, of, at) };
  },
  closeBundle: (s, story) => {
    const { at, bundle } = story.bundle(s.of, s.bundleOf, s.generation, latest(story.profile(s.of)));
    const of = story.one(s.of);
    const [signer, refund] = [story.right(s.signer, of), story.right(s.refund, bundle?.refund)];
    return { sent: build("close_key_bundle", [signer, profileAt(of), at, refund]), act: () => story.model.closeBundle(signer, of, at, refund) };
  },
  openRequest: (s, story) => {
    const [how, to] = [opening(s, story), story.one(s.to)];
    const asked = story.profile(s.to)?.postage ?? 0n;
    const most = s.most ? asked : asked / 2n;
    const sent = build("open_request", [how.payer, how.writer, inboxAt(how.writer, how.index), profileAt(to)], [...openingArgs(how), most, how.ownerBox]);
    return { sent, act: () => story.model.openRequest(how, to, most) };
  },
  openInbox: (s, story) => {
    const [how, reader] = [opening(s, story), story.one(s.reader)];
    const sent = build("open_inbox", [how.payer, how.writer, inboxAt(how.writer, how.index)], [...openingArgs(how), reader, how.ownerBox]);
    return { sent, act: () => story.model.openInbox(how, reader) };
  },
  post: (s, story) => {
    const { at, inbox, writer } = story.inbox(s.place);
    const signer = story.right(s.signer, writer);
    const seq = beside(inbox?.ring.next ?? 0, s.off);
    const payload = noise(s.length, `frame ${seq}`);
    return { sent: build("post", [signer, at], [seq, payload]), act: () => story.model.post(signer, at, seq, payload) };
  },
  acknowledge: (s, story) => {
    const { at, inbox } = story.inbox(s.place);
    const signer = story.right(s.signer, inbox?.reader);
    const { acknowledged, next } = inbox?.ring ?? { acknowledged: 0, next: 0 };
    const upto = beside(Math.ceil(acknowledged + ((next - acknowledged) * s.part) / 100), s.off);
    return { sent: build("acknowledge", [signer, at], [upto]), act: () => story.model.acknowledge(signer, at, upto) };
  },
  answer: (s, story) => {
    const { at, inbox } = story.inbox(s.place);
    const of = story.right(s.of, inbox?.recipient);
    const delegate = story.model.profiles.get(profileAt(of))?.delegate;
    const [signer, wallet] = [story.right(s.signer, s.signer === -1 ? of : delegate), story.right(s.wallet, of)];
    const taken = s.takes ? { reader: story.one(s.reader), reply: fill(60, s.reader) } : undefined;
    const accounts = [signer, profileAt(of), at, wallet];
    const sent = taken === undefined ? build("decline", accounts) : build("accept", accounts, [taken.reader, taken.reply]);
    return { sent, act: () => story.model.answer(signer, of, at, wallet, taken) };
  },
  resize: (s, story) => {
    const { at, inbox, writer } = story.inbox(s.place);
    const [payer, signer, refund] = [story.one(s.payer), story.right(s.signer, writer), story.right(s.refund, inbox?.refund)];
    const next = beside(inbox?.ring.next ?? 0, s.off);
    const sent = build("resize_inbox", [payer, signer, at, refund], [s.capacity, next]);
    return { sent, act: () => story.model.resize(payer, signer, at, refund, s.capacity, next) };
  },
  closeInbox: (s, story) => {
    const { at, inbox, writer } = story.inbox(s.place);
    const [signer, refund] = [story.right(s.signer, s.signer === -1 ? writer : inbox?.refund), story.right(s.refund, inbox?.refund)];
    const next = beside(inbox?.ring.next ?? 0, s.off);
    return { sent: build("close_inbox", [signer, refund, at], [next]), act: () => story.model.closeInbox(signer, at, refund, next) };
  },
  transfer: (s, story) => {
    const derived = s.to - PEOPLE - WALLETS;
    const wallet = s.to - PEOPLE;
    const to = s.to < PEOPLE ? story.one(s.to) : wallet < WALLETS ? profileAt(story.one(wallet)) : story.inbox({ writer: derived >> 1, index: derived & 1 }).at;
    const from = story.one(s.from);
    return { sent: transfer({ from, to, lamports: s.lamports }), act: () => story.model.money.move([{ from, to, lamports: s.lamports }]) };
  },
};

/** The instruction that a step is, and what the model makes of it; a wait is none. */
export function play(step: Exclude<Step, { kind: "wait" }>, story: Story): Played {
  const handler = PLAYS[step.kind] as Of<typeof step.kind>;
  return handler(step as StepOf<typeof step.kind> as never, story);
}
