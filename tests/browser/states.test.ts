/** The states that stand in the way of a message, each brought about on a real network and looked at in Chromium, in light and dark. */
import { isPosternError } from "@postern/sdk";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import type { BrowserContext, Locator, Page } from "playwright-core";
import { until } from "../e2e/support/waiting.js";
import { World, type Person } from "../hostile/support/world.js";
import { bubbles, chatOf, listed, openConversation, shot, startWith, unlock, violations, WITHIN, write } from "./chat-driver.js";
import { CHROMIUM } from "./chromium.js";
import { setName, setPrimary } from "../sns/support/registry.js";
import { openWeb, type Web } from "./web-page.js";

/** The longest text: nine fill a ring that has grown as far as it may. */
const LONGEST = "so much to say ".repeat(59).slice(0, 885);
/** With a Cyrillic e. */
const HOMOGRAPH = "d\u0435clining";
/** Leaves the delegate less than twenty messages' fees. */
const LEFT_LAMPORTS = 940_000n;

describe("what the chat says where a message cannot go on its way", function () {
  this.timeout(120_000);
  let world: World;
  let web: Web;
  let device: BrowserContext;
  let page: Page;
  let alice: Person;
  let peers: Record<"waiting" | "declining" | "full" | "rotating", Person>;

  before(async function () {
    if (CHROMIUM === undefined && process.env["CI"] === undefined) this.skip(); // CI installs it
    world = await World.start();
    const people = (await world.people(5)) as [Person, Person, Person, Person, Person];
    alice = people[0];
    peers = { waiting: people[1], declining: people[2], full: people[3], rotating: people[4] };
    for (const { address } of Object.values(peers)) await (await alice.postern.conversation(address)).send("gm");
    for (const peer of [peers.full, peers.rotating]) await (await peer.postern.conversation(alice.address)).send("gm to you");
    await (await peers.declining.postern.requests())[0]!.decline();
    for (const [name, { address }] of [["waiting", peers.waiting], [HOMOGRAPH, peers.declining]] as const) {
      await setName(world.net, name, new PublicKey(address));
      await setPrimary(world.net, new PublicKey(address), name);
    }
    web = await openWeb(world.net, { Alice: alice.wallet });
    device = await web.device();
    page = await web.open(device, "alice");
    await unlock(page);
    await listed(page);
  });
  after(async () => {
    await web?.close();
    await world?.stop();
  });

  /** A picture of it, and what axe finds in light and dark. */
  async function looksGood(name: string): Promise<void> {
    for (const colorScheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme });
      await shot(page, `state-${name}-${colorScheme}`);
      expect(await violations(page), `${name}, ${colorScheme}`).to.deep.equal([]);
    }
  }
  const composer = (): Locator => chatOf(page).locator("textarea");

  it("waiting for acceptance: more can be written meanwhile", async () => {
    await openConversation(page, peers.waiting.address);
    await chatOf(page).getByText("Waiting for an answer").waitFor(WITHIN);
    expect(await composer().isEnabled()).to.equal(true);
    await looksGood("waiting");
  });

  it("names: a plain one stands for the address and can be typed, one of mixed scripts has the address beside it", async () => {
    const who = (peer: Person): Locator => chatOf(page).locator(`[data-peer="${peer.address}"] .postern-who`);
    const listed = (peer: Person): Promise<string> => who(peer).innerText();
    const short = ({ address }: Person): string => `${address.slice(0, 4)}…${address.slice(-4)}`;
    for (const peer of [peers.waiting, peers.declining]) await who(peer).filter({ hasText: ".sol" }).waitFor(WITHIN); // each is looked up by itself
    expect(await listed(peers.waiting)).to.equal("waiting.sol");
    expect(await listed(peers.declining)).to.equal(`${HOMOGRAPH}.sol ${short(peers.declining)}`);
    expect(await listed(peers.full), "without a name").to.equal(short(peers.full));
    await startWith(page, "Waiting.sol");
    await chatOf(page).getByLabel("Wallet address or name").waitFor({ state: "detached", ...WITHIN }); // the name was found; that conversation was in view already
    await chatOf(page).locator(".postern-thread h2", { hasText: `waiting.sol ${short(peers.waiting)}` }).waitFor(WITHIN);
    await startWith(page, "nobody-has-this.sol");
    await chatOf(page).getByText("There is no such wallet address or name").waitFor(WITHIN);
    await looksGood("names");
    await chatOf(page).getByRole("button", { name: "New message" }).click();
  });

  it("declined: nothing can be written", async () => {
    await openConversation(page, peers.declining.address);
    await chatOf(page).getByText("Your request was declined").waitFor(WITHIN);
    expect(await composer().isDisabled()).to.equal(true);
    await looksGood("declined");
  });

  it("not registered yet: nothing can be written", async () => {
    await startWith(page, (await world.net.wallet()).address);
    await chatOf(page).getByText("has not turned on messages").waitFor(WITHIN);
    expect(await composer().isDisabled()).to.equal(true);
    await looksGood("not-registered");
  });

  it("inbox full: the text is kept, with why it did not go, and goes when the peer has read", async () => {
    const chat = await alice.postern.conversation(peers.full.address);
    const refused = await (async () => {
      for (;;) await chat.send(LONGEST);
    })().catch((error: unknown) => error);
    expect(isPosternError(refused, "INBOX_FULL"), String(refused)).to.equal(true);
    await openConversation(page, peers.full.address);
    await bubbles(page).nth(5).waitFor(WITHIN);
    await write(page, LONGEST);
    await chatOf(page).getByText("there is no room for more").waitFor(WITHIN);
    const failed = chatOf(page).locator(".postern-bubble[data-status=failed]");
    await failed.waitFor(WITHIN);
    await looksGood("inbox-full");
    const theirs = await peers.full.postern.conversation(alice.address);
    const arrived = async (): Promise<number> => (await theirs.history()).filter((message) => message.kind === "content" && message.text === LONGEST).length;
    const before = await arrived();
    await theirs.send("I have read it all"); // and acknowledges with it
    await failed.getByRole("button", { name: "Try again" }).click();
    await failed.waitFor({ state: "detached", ...WITHIN });
    await chatOf(page).getByText("there is no room for more").waitFor({ state: "detached", ...WITHIN });
    await until(async () => (await arrived()) === before + 1, "the text arrives");
  });

  it("keys changed: told until the user says that the safety number was compared, after a reload too", async () => {
    await openConversation(page, peers.rotating.address);
    await bubbles(page).nth(1).waitFor(WITHIN);
    await chatOf(page).getByRole("button", { name: "Safety number" }).click();
    const before = await page.locator(".postern-digits").innerText(WITHIN);
    await peers.rotating.postern.rotate();
    await chatOf(page).getByText("keys were replaced").waitFor(WITHIN);
    await page.waitForFunction((digits) => ![null, "", digits].includes(document.querySelector<HTMLElement>(".postern-digits")?.innerText ?? null), before, WITHIN);
    await looksGood("keys-changed");
    await page.reload();
    await openConversation(page, peers.rotating.address);
    await chatOf(page).getByText("keys were replaced").waitFor(WITHIN);
    await chatOf(page).locator(".postern-banner").getByRole("button", { name: "Safety number" }).click();
    await page.locator(".postern-digits").waitFor(WITHIN);
    await chatOf(page).getByRole("button", { name: "I have compared it" }).click();
    await chatOf(page).getByText("keys were replaced").waitFor({ state: "detached" });
    await page.locator(".postern-safety").getByRole("button", { name: "Close" }).click();
    await page.reload();
    await openConversation(page, peers.rotating.address);
    await bubbles(page).nth(1).waitFor(WITHIN);
    expect(await chatOf(page).getByText("keys were replaced").count()).to.equal(0);
  });

  it("offline: said, and what is written waits", async () => {
    await device.route(`${world.net.rpcUrl}/**`, (route) => route.abort());
    await chatOf(page).getByText("No connection").waitFor(WITHIN);
    await write(page, "written without a network");
    await bubbles(page).locator("text=written without a network").waitFor(WITHIN);
    await looksGood("offline");
    await device.unroute(`${world.net.rpcUrl}/**`);
    await chatOf(page).getByText("No connection").waitFor({ state: "detached", ...WITHIN });
    await chatOf(page).locator(".postern-bubble", { hasText: "written without a network" }).getByText("Sent").waitFor(WITHIN);
  });

  it("low balance: said, and mended with one click and one prompt", async () => {
    await alice.postern.withdraw((await alice.postern.balance()) - LEFT_LAMPORTS);
    await chatOf(page).getByText("Your balance for messages runs low").waitFor(WITHIN);
    await looksGood("low-balance");
    await chatOf(page).getByRole("button", { name: "Add 0.01 SOL" }).click();
    await chatOf(page).getByText("Your balance for messages runs low").waitFor({ state: "detached", ...WITHIN });
    expect(Number(await alice.postern.balance())).to.be.above(10_000_000);
  });

  it("broke no rule of the page's Content-Security-Policy, and threw nothing", () => expect(web.problems).to.deep.equal([]));
});
