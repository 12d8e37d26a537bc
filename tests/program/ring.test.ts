import { expect } from "chai";
import fc from "fast-check";
import { noise } from "./support/bytes.js";
import { onEachBuild } from "./support/builds.js";
import { rent } from "./support/ledger.js";
import { acknowledge, post, resize, type Chat } from "./support/parties.js";
import { RingModel, fieldsOf } from "./support/ring-model.js";
import type { World } from "./support/world.js";

type Step =
  | { readonly kind: "post"; readonly length: number; readonly seconds: number }
  | { readonly kind: "acknowledge"; readonly part: number; readonly past: boolean }
  | { readonly kind: "resize"; readonly capacity: number };

const RUNS = 20;

/** What the walks must meet, so that they are known to go where it is difficult. */
const EVERYWHERE = ["post done", "post PayloadTooLarge", "resize done", "resize BadCapacity"];
const INBOXES = [
  {
    kind: "an open inbox",
    open: true,
    overwrite: false,
    met: [
      "post InboxFull",
      "acknowledge BadAcknowledge",
      "post wrapped evicting done",
      "resize wrapped evicting done",
      "resize wrapped done",
      "resize wrapped BadCapacity",
    ],
  },
  { kind: "an overwriting inbox", open: true, overwrite: true, met: ["acknowledge done", "post wrapped evicting done", "resize wrapped done"] },
  { kind: "a request", open: false, overwrite: true, met: ["post InboxFull", "acknowledge NotOpen"] },
];

/** Payloads of all sizes, small ones and those that nearly fill a small ring more often; a clock that may step back. */
const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("post" as const),
        length: fc.oneof(
          { weight: 4, arbitrary: fc.nat(90) },
          { weight: 2, arbitrary: fc.nat(300) },
          { weight: 1, arbitrary: fc.integer({ min: 240, max: 700 }) },
        ),
        seconds: fc.integer({ min: -20, max: 100 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("acknowledge" as const), part: fc.double({ min: 0, max: 1, noNaN: true }), past: fc.boolean() }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("resize" as const),
        capacity: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 240, max: 520 }) }, { weight: 1, arbitrary: fc.integer({ min: 9_000, max: 12_000 }) }),
      }),
    },
  ),
  { minLength: 20, maxLength: 60 },
);

/** What the runtime and the model say of one step. */
function both(world: World, chat: Chat, model: RingModel, step: Step): [program: string | undefined, model: string | undefined] {
  if (step.kind === "post") {
    world.pass(step.seconds);
    const payload = noise(step.length, `frame ${model.next}`);
    return [world.send([post(chat, model.next, payload)]).error, model.post(payload, world.time)];
  }
  if (step.kind === "acknowledge") {
    const upto = Math.round(model.acknowledged + step.part * (model.next - model.acknowledged)) + (step.past ? 1 : 0);
    return [world.send([acknowledge(chat, upto)]).error, model.acknowledge(upto)];
  }
  return [world.send([resize(chat, step.capacity, model.next)]).error, model.resize(step.capacity)];
}

function walk(world: World, chat: Chat, open: boolean, path: readonly Step[], seen: Set<string>): void {
  const model = new RingModel(chat, open, world.time);
  for (const step of path) {
    const { first } = model;
    const wrapped = model.tail + model.used > model.capacity;
    const before = world.account(chat.address);
    const [program, expected] = both(world, chat, model, step);
    expect(program, JSON.stringify(step)).to.equal(expected);
    expect(fieldsOf(world.inbox(chat))).to.deep.equal(fieldsOf(model));
    expect(Buffer.compare(world.account(chat.address)!.data.subarray(444), model.bytes), "bytes of the ring").to.equal(0);
    if (expected === undefined) expect(world.balance(chat.address)).to.equal(rent(444 + model.capacity));
    else expect(world.account(chat.address)).to.deep.equal(before);
    const evicted = model.first > first;
    seen.add(`${step.kind} ${expected ?? "done"}`);
    if (wrapped) seen.add(`${step.kind} wrapped${evicted ? " evicting" : ""} ${expected ?? "done"}`);
  }
}

onEachBuild("A ring under random posts, acknowledgements and resizes", (test) => {
  for (const { kind, open, overwrite, met } of INBOXES) {
    test(`${kind} is what the model says after every step`, (world) => {
      const recipient = world.member();
      const seen = new Set<string>();
      const choices = {
        payer: world.person(10_000n * 1_000_000_000n),
        writer: world.person(),
        reader: world.person(),
        refund: world.person().address,
        overwrite,
      };
      fc.assert(
        fc.property(fc.integer({ min: 256, max: 600 }), steps, (capacity, path) => {
          const chat = open ? world.open({ ...choices, capacity }) : world.request(recipient, { ...choices, capacity });
          walk(world, chat, open, path, seen);
        }),
        { numRuns: RUNS, seed: 20_260_701 },
      );
      expect([...seen]).to.include.members([...EVERYWHERE, ...met]);
    });
  }

  test("long runs of frames of one length wrap at every offset of a ring", (world) => {
    for (const [capacity, length] of [
      [257, 25],
      [256, 0],
      [301, 94],
      [256, 122],
    ] as const) {
      const chat = world.open({ capacity });
      const model = new RingModel(chat, true, world.time);
      for (let i = 0; i < 40; i++) {
        const payload = noise(length, `${i}`);
        world.does(post(chat, i, payload));
        expect(model.post(payload, world.time)).to.equal(undefined);
        expect(fieldsOf(world.inbox(chat))).to.deep.equal(fieldsOf(model));
        world.does(acknowledge(chat, i + 1));
        model.acknowledge(i + 1);
      }
    }
  });
});
