/** Random steps. Numbers stand for people and places; `right` says whom or what the rules want, whenever there is such a one. */
import fc from "fast-check";

/** People of the story; the first three have wallets, the second to the fourth write. */
export const PEOPLE = 5;
export const WALLETS = 3;
export const WRITERS = 3;

const mostly = <T>(usual: fc.Arbitrary<T>, seldom: fc.Arbitrary<T>, weight = 7): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: seldom });

const person = fc.nat(PEOPLE - 1);
const wallet = fc.nat(WALLETS - 1);
/** -1: who is entitled. */
const right = mostly(fc.constant(-1), person);
/** -1: which is the wallet's own. */
const own = mostly(fc.constant(-1), wallet, 12);
const place = fc.record({ writer: fc.nat(WRITERS - 1), index: fc.nat(1) });
/** Mostly a place where an inbox is. */
const inbox = fc.record({ writer: fc.nat(WRITERS - 1), index: fc.nat(1), there: mostly(fc.constant(true), fc.constant(false), 30) });
/** How far a number lies beside the right one. */
const off = mostly(fc.constant(0), fc.integer({ min: -2, max: 2 }));
/** From PEOPLE on: nobody; the program; the account itself; the other of profile and bundle. */
const refund = mostly(person, fc.integer({ min: PEOPLE, max: PEOPLE + 3 }), 12);
const capacity = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 250, max: 700 }) }, { weight: 1, arbitrary: fc.constantFrom(0, 255, 256, 9_796, 9_797, 0xffff_ffff) });
const policy = mostly(fc.constantFrom(0, 0, 1, 1, 2), fc.constantFrom(3, 255));
const postage = fc.constantFrom(0n, 1n, 5_000n, 700_000n, 2n ** 64n - 1n);
const rootKind = mostly(fc.integer({ min: 1, max: 3 }), fc.constantFrom(0, 4, 255));
const rootNumber = mostly(fc.integer({ min: 1, max: 9 }), fc.constantFrom(0, 0xffff_ffff));
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
/** -1: the newest. */
const generation = mostly(fc.constant(-1), fc.nat(3), 2);
const opening = { payer: person, place, capacity, flags: mostly(fc.nat(1), fc.constantFrom(2, 3, 255), 12), salt: fc.nat(255), refund };

const KINDS = {
  createProfile: { weight: 2, fields: { payer: person, wallet, delegate: mostly(person, fc.constant(PEOPLE), 12), refund, rootNumber, rootKind, policy, postage } },
  updateProfile: {
    weight: 2,
    fields: { of: wallet, signer: right, delegate: maybe(mostly(person, fc.constant(PEOPLE))), rootNumber: maybe(rootNumber), rootKind: maybe(rootKind), policy: maybe(policy), postage: maybe(postage) },
  },
  closeProfile: { weight: 1, fields: { of: wallet, signer: right, refund: right, given: mostly(fc.constant(true), fc.constant(false)), generation, bundleOf: own, bundleRefund: right } },
  createBundle: { weight: 4, fields: { payer: person, of: wallet, signer: right, generation: mostly(fc.constant(-1), fc.nat(3), 9), delegate: mostly(person, fc.constant(PEOPLE), 12), refund, sound: mostly(fc.constant(true), fc.constant(false)), honest: mostly(fc.constant(true), fc.constant(false), 3) } },
  writeBundle: { weight: 8, fields: { of: wallet, generation, signer: right, off, length: fc.constantFrom(608, 608, 608, 608, 608, 608, 700, 1, 0) } },
  activateBundle: { weight: 4, fields: { of: wallet, bundleOf: own, generation, signer: right } },
  closeBundle: { weight: 1, fields: { of: wallet, bundleOf: own, generation, signer: right, refund: right } },
  openRequest: { weight: 8, fields: { ...opening, to: wallet, most: mostly(fc.constant(true), fc.constant(false)) } },
  openInbox: { weight: 3, fields: { ...opening, reader: mostly(person, fc.constant(PEOPLE), 12) } },
  post: { weight: 14, fields: { place: inbox, signer: right, off, length: fc.oneof(fc.nat(90), fc.nat(300), fc.integer({ min: 240, max: 700 })) } },
  acknowledge: { weight: 6, fields: { place: inbox, signer: right, part: fc.nat(100), off } },
  answer: { weight: 5, fields: { place: inbox, of: right, signer: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(-1, -2) }, { weight: 1, arbitrary: person }), wallet: right, reader: mostly(person, fc.constant(PEOPLE), 12), takes: fc.boolean() } },
  resize: { weight: 4, fields: { place: inbox, payer: person, signer: right, refund: right, capacity, off } },
  closeInbox: { weight: 5, fields: { place: inbox, signer: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(-1, -2) }, { weight: 3, arbitrary: person }), refund: right, off } },
  transfer: { weight: 2, fields: { from: person, to: fc.nat(PEOPLE + WALLETS + 2 * WRITERS - 1), lamports: fc.constantFrom(0n, 1n, 650_240n, 2_000_000n, 20_000_000n, 10n ** 12n) } },
  wait: { weight: 2, fields: { seconds: fc.constantFrom(1, 60, -100, 14 * 86_400, 30 * 86_400, 86_400) } },
} as const;

type Kinds = typeof KINDS;
type Values<Fields> = { readonly [Name in keyof Fields]: Fields[Name] extends fc.Arbitrary<infer Value> ? Value : never };
export type StepOf<Kind extends keyof Kinds> = { readonly kind: Kind } & Values<Kinds[Kind]["fields"]>;
export type Step = { readonly [Kind in keyof Kinds]: StepOf<Kind> }[keyof Kinds];

const arbitraryOf = (kind: keyof Kinds): { weight: number; arbitrary: fc.Arbitrary<Step> } => {
  const { weight, fields } = KINDS[kind];
  const record: Record<string, fc.Arbitrary<unknown>> = { kind: fc.constant(kind), ...fields };
  return { weight, arbitrary: fc.record(record) as unknown as fc.Arbitrary<Step> };
};

export const step: fc.Arbitrary<Step> = fc.oneof(...(Object.keys(KINDS) as (keyof Kinds)[]).map(arbitraryOf));

const create = (wallet: number): Step => ({ kind: "createBundle", payer: wallet, of: wallet, signer: -1, generation: -1, delegate: 3, refund: 2, sound: true, honest: true });

/** Two of the wallets register, the second for postage and with a generation that it gave up: where most sequences begin. */
export const REGISTRATION: readonly Step[] = [0, 1].flatMap((wallet): Step[] => [
  { kind: "createProfile", payer: wallet, wallet, delegate: 3, refund: 2, rootNumber: 1, rootKind: 1, policy: wallet === 0 ? 0 : 1, postage: 5_000n },
  ...Array.from({ length: wallet + 1 }, () => create(wallet)),
  ...[0, 1].map((): Step => ({ kind: "writeBundle", of: wallet, generation: -1, signer: -1, off: 0, length: 608 })),
  { kind: "activateBundle", of: wallet, bundleOf: -1, generation: -1, signer: -1 },
]);
