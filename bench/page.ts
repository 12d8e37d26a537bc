/** The example page in Chromium: what is downloaded, what a message makes React draw, and what the first one takes. Counts and ratios. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Postern } from "@postern/sdk";
import { startLocalnet } from "@postern/sdk/localnet";
import type { BrowserContext, Page } from "playwright-core";
import { bubbles, listed, openConversation, unlock, WITHIN } from "../tests/browser/chat-driver.js";
import { CHROMIUM } from "../tests/browser/chromium.js";
import { buildPage, openWeb } from "../tests/browser/web-page.js";
import { World, type Person } from "../tests/hostile/support/world.js";
import type { Figures } from "./figures.js";

/** Messages that are there before, and that come one after the other. */
const BEFORE = 20;
const INCOMING = 10;
const RELOADS = 5;

/** What the page puts down for the bench: it is counted where it happens. */
type Counts = { commits: number; drawn: number; pageAt?: number; messageAt?: number };
type Fiber = { readonly tag: number; readonly flags: number; readonly alternate: Fiber | null; readonly child: Fiber | null; readonly sibling: Fiber | null };

/** Bytes of the built page: what `index.html` names, and what is loaded when it is called for. */
export async function measurePageSize(): Promise<Figures> {
  const net = await startLocalnet();
  const built = await buildPage(net, {});
  try {
    const html = readFileSync(join(built.folder, "index.html"), "utf8");
    const sizes = { minified: 0, gzip: 0, laterGzip: 0, cssGzip: 0 };
    for (const name of readdirSync(join(built.folder, "assets"))) {
      const bytes = readFileSync(join(built.folder, "assets", name));
      const gzip = gzipSync(bytes, { level: 9 }).length;
      if (name.endsWith(".css")) sizes.cssGzip += gzip;
      else if (html.includes(name)) [sizes.minified, sizes.gzip] = [sizes.minified + bytes.length, sizes.gzip + gzip];
      else sizes.laterGzip += gzip;
    }
    return sizes;
  } finally {
    await built.remove();
    await net.stop();
  }
}

export async function measurePage(): Promise<Figures> {
  if (CHROMIUM === undefined) throw new Error("The page is measured in Chromium. Run: tools/install-chromium.sh");
  const world = await World.start();
  try {
    const [alice, bob] = (await world.people(2)) as [Person, Person];
    await world.introduce(alice, bob);
    for (let i = 0; i < BEFORE; i++) await say(bob.postern, alice.address, `before ${i}`);
    const web = await openWeb(world.net, { Alice: alice.wallet });
    try {
      const device = await web.device();
      await device.addInitScript(count);
      const page = await web.open(device, "alice");
      await unlock(page);
      await listed(page);
      await openConversation(page, bob.address);
      await shows(page, `before ${BEFORE - 1}`);
      return { ...(await drawing(page, (text) => say(bob.postern, alice.address, text))), ...(await firstMessage(device, page, world.net.rpcUrl)) };
    } finally {
      await web.close();
    }
  } finally {
    await world.stop();
  }
}

async function say(from: Postern, to: string, text: string): Promise<void> {
  await (await from.conversation(to)).send(text);
}

const shows = (page: Page, text: string): Promise<void> => bubbles(page).locator(`text="${text}"`).waitFor(WITHIN);
const read = (page: Page): Promise<Counts> => page.evaluate(() => ({ ...(globalThis as unknown as { counts: Counts }).counts }));

/** What one message of the peer costs in an open conversation, until it is marked as read. */
async function drawing(page: Page, say: (text: string) => Promise<void>): Promise<Figures> {
  const before = await read(page);
  for (let i = 0; i < INCOMING; i++) {
    await say(`incoming ${i}`);
    await shows(page, `incoming ${i}`);
    await page.waitForFunction(() => document.querySelector(".page-chat [data-unread]") === null, undefined, WITHIN);
  }
  const after = await read(page);
  return {
    "React commits for an incoming message": rounded((after.commits - before.commits) / INCOMING),
    "components drawn for an incoming message": rounded((after.drawn - before.drawn) / INCOMING),
  };
}

/** A visit of a device that has kept its session, until the list shows what was written last. */
async function firstMessage(device: BrowserContext, page: Page, rpcUrl: string): Promise<Figures> {
  let calls = 0;
  device.on("request", (request) => request.url().startsWith(rpcUrl) && request.method() === "POST" && calls++);
  const visits: { calls: number; ratio: number }[] = [];
  for (let i = 0; i < RELOADS; i++) {
    calls = 0;
    await page.reload();
    await page.waitForFunction(() => (globalThis as unknown as { counts: Counts }).counts.messageAt !== undefined, undefined, WITHIN);
    const { pageAt = 0, messageAt = 0 } = await read(page);
    visits.push({ calls, ratio: messageAt / pageAt });
  }
  return {
    "calls until the first message of a visit": median(visits.map((visit) => visit.calls)),
    "first message of a visit, times drawing the page": rounded(median(visits.map(({ ratio }) => ratio))),
  };
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Runs in the page before its scripts: hears of commits as React's developer tools do, and of what is shown first. */
function count(): void {
  const FUNCTION_TAGS = [0, 11, 14, 15]; // function, forwardRef, memo, simple memo
  const PERFORMED_WORK = 1;
  const counts: Counts = { commits: 0, drawn: 0 };
  const drawnIn = (fiber: Fiber): number => {
    const before = fiber.alternate;
    const own = FUNCTION_TAGS.includes(fiber.tag) && (fiber.flags & PERFORMED_WORK) !== 0 ? 1 : 0;
    if (before !== null && before.child === fiber.child) return own; // nothing below was looked at
    let sum = own;
    for (let child = fiber.child; child !== null; child = child.sibling) sum += drawnIn(child);
    return sum;
  };
  const hook = {
    supportsFiber: true, renderers: new Map(), inject: () => 1, onCommitFiberUnmount: () => undefined, onPostCommitFiberRoot: () => undefined,
    onCommitFiberRoot: (_: number, { current }: { current: Fiber }) => {
      counts.commits++;
      counts.drawn += drawnIn(current);
    },
  };
  Object.assign(globalThis, { counts, __REACT_DEVTOOLS_GLOBAL_HOOK__: hook });
  new MutationObserver(() => {
    if (document.querySelector(".page-chat .postern")) counts.pageAt ??= performance.now();
    if (document.querySelector(".page-chat .postern-preview")?.textContent) counts.messageAt ??= performance.now();
  }).observe(document, { childList: true, subtree: true, characterData: true });
}
