/** A conversation of more messages than a page keeps, scrolled from end to end in Chromium. What it costs is counted, not timed. */
import { resizeInbox } from "@postern/sdk/program";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { lengthenLog } from "../faults/support/long-log.js";
import { program, type RawDevice } from "../hostile/support/raw-device.js";
import { World, type Person } from "../hostile/support/world.js";
import { bubbles, chatOf, listed, openConversation, shot, unlock, violations, WITHIN } from "./chat-driver.js";
import { CHROMIUM } from "./chromium.js";
import { openWeb, type Web } from "./web-page.js";

/** Messages of the peer in the ring; and how many the page keeps. */
const MESSAGES = 1_100;
const KEPT = 1_000;
/** Older ones that are not in the ring; this network's history has the first of them, which was really posted. */
const GONE = 10;
/** Bytes that a frame of `lengthenLog` takes, and how much a ring grows in one instruction. */
const FRAME_BYTES = 148;
const STEP_BYTES = 10_240;
/** Messages that are loaded at once, and that are laid out at once in a window of 720 px with what Chromium prepares around it (48 seen). */
const PAGE_MESSAGES = 50;
const MOST_LAID_OUT = 60;

type Counted = { readonly bubbles: number; readonly laidOut: number };

describe("a conversation of 1,100 messages in Chromium", function () {
  this.timeout(120_000);
  let world: World;
  let web: Web;
  let page: Page;
  let all: readonly string[];

  before(async function () {
    if (CHROMIUM === undefined && process.env["CI"] === undefined) this.skip(); // CI installs it
    world = await World.start();
    const [alice, bob] = (await world.people(2)) as [Person, Person];
    await world.introduce(alice, bob);
    await grow(bob.raw, MESSAGES * FRAME_BYTES);
    all = (await lengthenLog(world.net.rpcUrl, bob.raw, { count: GONE + MESSAGES, unread: 1 })).texts;
    expect(all).to.have.length(MESSAGES);
    web = await openWeb(world.net, { Alice: alice.wallet });
    page = await web.open(await web.device(), "alice");
    await unlock(page);
    await listed(page);
    await openConversation(page, bob.address);
    await bubbles(page).nth(PAGE_MESSAGES - 1).waitFor(WITHIN);
  });
  after(async () => {
    await web?.close();
    await world?.stop();
  });

  /** Also of what is not laid out. */
  const shownTexts = (): Promise<string[]> => chatOf(page).locator(".postern-text").allTextContents();
  /** Pixels from the list's upper edge to a text, after scrolling to a place if one is given. */
  const placeOf = (text: string, scrollTo?: number): Promise<number> => page.evaluate(([wanted, top]) => {
    const list = document.querySelector(".page-chat .postern-bubbles")!;
    if (top !== undefined) list.scrollTop = top;
    const found = Array.from(list.querySelectorAll(".postern-text")).find(({ textContent }) => textContent === wanted)!;
    return found.getBoundingClientRect().top - list.getBoundingClientRect().top;
  }, [text, scrollTo] as const);
  const count = (): Promise<Counted> => page.evaluate(() => ({
    bubbles: document.querySelectorAll(".page-chat .postern-bubble").length,
    laidOut: Array.from(document.querySelectorAll(".page-chat .postern-text")).filter((text) => text.checkVisibility({ contentVisibilityAuto: true })).length,
  }));

  it("begins at its end, with one page of it", async () => {
    expect((await shownTexts()).at(-1)).to.equal(all.at(-1));
    const { bubbles: shown, laidOut } = await count();
    expect(shown).to.equal(PAGE_MESSAGES);
    expect(laidOut).to.be.within(1, PAGE_MESSAGES);
  });

  it("shows each message once and in order on the way to its beginning, lays out only those in view, and keeps no more than 1,000", async () => {
    const seen = await shownTexts();
    const most = { bubbles: 0, laidOut: 0 };
    for (let first = seen[0]!; first !== all[0]; ) {
      const place = await placeOf(first, 0);
      await page.waitForFunction((before) => document.querySelector(".page-chat .postern-text")?.textContent !== before, first, WITHIN);
      expect(await placeOf(first), `${first} stays where it was read`).to.be.closeTo(place, 1);
      const [shown, now] = [await shownTexts(), await count()];
      seen.unshift(...shown.slice(0, shown.indexOf(first)));
      first = shown[0]!;
      most.bubbles = Math.max(most.bubbles, now.bubbles);
      most.laidOut = Math.max(most.laidOut, now.laidOut);
    }
    expect(seen).to.deep.equal(all);
    expect(most.bubbles).to.equal(KEPT);
    expect(most.laidOut).to.be.within(1, MOST_LAID_OUT);
    await placeOf(all[0]!, 0);
    await chatOf(page).getByText(`${GONE - 1} earlier messages are no longer there.`).waitFor(WITHIN);
    await shot(page, "long-thread-beginning");
  });

  it("goes back to the newest with one press", async () => {
    await chatOf(page).getByRole("button", { name: "Newest messages" }).click();
    await page.waitForFunction((last) => Array.from(document.querySelectorAll(".page-chat .postern-text")).at(-1)?.textContent === last, all.at(-1)!, WITHIN);
    expect((await count()).bubbles).to.equal(PAGE_MESSAGES);
    expect(await violations(page)).to.deep.equal([]);
    await shot(page, "long-thread-end");
  });

  it("threw nothing", () => expect(web.problems).to.deep.equal([]));
});

/** Makes the ring of the first inbox of a device as large as that, in steps that the program allows. */
async function grow(device: RawDevice, capacity: number): Promise<void> {
  const { address, inbox } = await device.own();
  const { writer, refund, next: expectedNext } = inbox;
  const steps: ReturnType<typeof resizeInbox>[] = [];
  for (let size = inbox.capacity; size < capacity; ) {
    size = Math.min(capacity, size + STEP_BYTES);
    steps.push(resizeInbox({ program, payer: writer, writer, inbox: address, refund, capacity: size, expectedNext }));
  }
  await device.submit(steps);
}
