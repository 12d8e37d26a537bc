/** Wallets of a browser, found by the Wallet Standard and reached through wallet-adapter; and windows that keep what they are told, or nothing. */
import { Postern } from "@postern/sdk";
import { startLocalnet, type Localnet, type LocalnetWallet } from "@postern/sdk/localnet";
import { expect } from "chai";
import { build } from "esbuild";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Locator, Page } from "playwright-core";
import { bubbles, chatOf, listed, shot, startWith, unlock, violations, WITHIN, write } from "./chat-driver.js";
import { CHROMIUM } from "./chromium.js";
import { openWeb, type Web } from "./web-page.js";
import { until } from "../e2e/support/waiting.js";

describe("wallets of the browser, on the example page in Chromium", function () {
  this.timeout(120_000);
  let net: Localnet;
  let web: Web;
  let script: string;
  let [own, other]: LocalnetWallet[] = [];
  /** What the wallet asked, and whether its user agrees. */
  let asked: string[] = [];
  let agrees = true;

  before(async function () {
    if (CHROMIUM === undefined && process.env["CI"] === undefined) this.skip(); // CI installs it
    net = await startLocalnet({ slotTimeMs: 50 });
    [own, other] = await Promise.all([net.wallet(), net.wallet()]);
    web = await openWeb(net, {});
    const keys = [own!, other!].map(({ address, secretKey }) => ({ address, seed: [...secretKey.slice(0, 32)], publicKey: [...secretKey.slice(32)] }));
    const { outputFiles: [bundle] } = await build({ entryPoints: [join(__dirname, "standard-wallet.ts")], bundle: true, format: "iife", platform: "browser", write: false, logLevel: "error" });
    script = `globalThis.testKeys = ${JSON.stringify(keys)};\n${bundle!.text}`;
  });
  after(async () => {
    await web?.close();
    await net?.stop();
  });
  beforeEach(() => {
    [asked, agrees] = [[], true];
  });

  async function open(context: BrowserContext): Promise<Page> {
    await context.addInitScript(script);
    const page = await web.open(context, "");
    page.on("dialog", (dialog) => {
      asked.push(dialog.message());
      void (agrees ? dialog.accept() : dialog.dismiss());
    });
    return page;
  }
  const wallet = (page: Page): Locator => page.getByRole("button", { name: "Test Wallet" });
  async function connect(page: Page): Promise<void> {
    await wallet(page).click();
    await page.locator("button[aria-pressed=true]", { hasText: "Test Wallet" }).waitFor(WITHIN);
  }

  it("connects a wallet of the Wallet Standard, takes its refusals, and registers and writes with it", async () => {
    const device = await web.device();
    const page = await open(device);
    await chatOf(page).getByText("Connect a wallet").waitFor();
    await shot(page, "wallet-none");
    expect(await violations(page)).to.deep.equal([]);

    agrees = false;
    await wallet(page).click();
    await page.waitForFunction(() => document.querySelector("button[aria-pressed=true]") === null);
    await chatOf(page).getByText("Connect a wallet").waitFor();
    agrees = true;
    await connect(page);

    agrees = false;
    await unlock(page);
    await chatOf(page).getByText("The wallet did not sign").waitFor(WITHIN);
    await shot(page, "wallet-refused");
    expect(await violations(page)).to.deep.equal([]);
    expect(asked.at(-1)).to.include("Postern messages: open my messages on this device");

    agrees = true;
    await unlock(page);
    const turnOn = chatOf(page).getByRole("button", { name: "Turn on messages" });
    await turnOn.waitFor(WITHIN);
    agrees = false;
    await turnOn.click();
    await chatOf(page).getByText("The wallet did not sign").waitFor(WITHIN);
    agrees = true;
    asked = [];
    await turnOn.click();
    await listed(page);
    expect(asked.filter((question) => question.includes("transaction"))).to.have.length(1);

    const peer = await Postern.connect({ connection: net.connection(), wallet: other! });
    try {
      await peer.register();
      await startWith(page, other!.address);
      await page.locator("textarea:enabled").waitFor(WITHIN);
      asked = [];
      await write(page, "from a wallet of this browser");
      await chatOf(page).getByText("Waiting for an answer").waitFor(WITHIN);
      expect(asked, "a message asks the wallet nothing").to.deep.equal([]);
      await until(async () => (await peer.requests()).length > 0, "the message has arrived");
      expect((await peer.requests()).map(({ from }) => from)).to.deep.equal([own!.address]);
    } finally {
      await peer.close();
    }
    await device.close();
  });

  it("shows another account's messages, and none of the first one's, when the wallet switches to it", async () => {
    const device = await web.device();
    const page = await open(device);
    await connect(page);
    await unlock(page);
    await chatOf(page).locator(`[data-peer="${other!.address}"]`).waitFor(WITHIN);
    await page.evaluate(() => (globalThis as unknown as { useSecondAccount(): void }).useSecondAccount());
    await unlock(page);
    await chatOf(page).getByRole("button", { name: "Accept" }).waitFor(WITHIN);
    expect(await chatOf(page).locator(`[data-peer="${other!.address}"]`).count()).to.equal(0);
    await wallet(page).click(); // disconnects
    await chatOf(page).getByText("Connect a wallet").waitFor();
    expect(await chatOf(page).getByText("from a wallet of this browser").count()).to.equal(0);
    await device.close();
  });

  it("tells a burner wallet without SOL what is missing for a registration, and gets it some", async () => {
    const device = await web.device();
    const page = await web.open(device, "");
    await page.getByRole("button", { name: "Burner Wallet" }).click();
    await unlock(page);
    await chatOf(page).getByRole("button", { name: "Turn on messages" }).click(WITHIN);
    await chatOf(page).getByText(/There is not enough SOL for this\. 0\.\d+ SOL more is needed\./).waitFor(WITHIN);
    await shot(page, "wallet-burner");
    expect(await violations(page)).to.deep.equal([]);
    await page.getByRole("button", { name: "Get 1 SOL for trying" }).click();
    await page.getByText("It is on its way.").waitFor(WITHIN);
    await chatOf(page).getByRole("button", { name: "Turn on messages" }).click(WITHIN);
    await listed(page);
    await device.close();
  });

  it("is open again without a prompt when the browser was closed in between, in an ordinary window", async () => {
    const profile = await mkdtemp(join(tmpdir(), "postern-profile-"));
    try {
      const first = await web.device({}, profile);
      const page = await open(first);
      await connect(page);
      await unlock(page);
      await bubblesOf(page, other!.address);
      await first.close();
      const second = await web.device({}, profile);
      const again = await open(second);
      await connect(again);
      asked = [];
      await bubblesOf(again, other!.address);
      expect(asked).to.deep.equal([]);
      await second.close();
    } finally {
      await rm(profile, { recursive: true, force: true });
    }
  });

  it("works in a private window, through a reload without a prompt, and has forgotten everything when that is closed", async () => {
    const window = await web.device(); // a context of its own is what a private window is
    const page = await open(window);
    await connect(page);
    await unlock(page);
    await bubblesOf(page, other!.address);
    asked = [];
    await page.reload();
    await connect(page);
    await bubblesOf(page, other!.address);
    expect(asked.filter((question) => question.includes("sign"))).to.deep.equal([]);
    await window.close();
    const next = await web.device();
    const fresh = await open(next);
    await connect(fresh);
    await chatOf(fresh).getByRole("button", { name: "Open my messages" }).waitFor(WITHIN);
    expect(await fresh.evaluate(async () => (await indexedDB.databases()).length)).to.equal(0);
    await next.close();
  });

  it("broke no rule of the page's Content-Security-Policy, and threw nothing", () => expect(web.problems).to.deep.equal([]));

  async function bubblesOf(page: Page, peer: string): Promise<void> {
    await chatOf(page).locator(`[data-peer="${peer}"]`).click(WITHIN);
    await bubbles(page).first().waitFor(WITHIN);
  }
});
