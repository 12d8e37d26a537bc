/** The example page in Chromium, on a real network: what people do with it, one after the other. */
import { startLocalnet, type Localnet, type LocalnetWallet } from "@postern/sdk/localnet";
import { expect } from "chai";
import type { BrowserContext, Page } from "playwright-core";
import { bubbles, chatOf, register, shot, startWith, texts, unlock, violations, WITHIN, write } from "./chat-driver.js";
import { CHROMIUM } from "./chromium.js";
import { openWeb, type Web } from "./web-page.js";

describe("the example page in Chromium", function () {
  this.timeout(120_000);
  let net: Localnet;
  let web: Web;
  let wallets: Record<"Alice" | "Bob" | "Carol" | "Dave" | "Erin", LocalnetWallet>;
  let [devices, pages]: [BrowserContext[], Page[]] = [[], []];
  let alice: Page;
  let bob: Page;

  before(async function () {
    if (CHROMIUM === undefined && process.env["CI"] === undefined) this.skip(); // CI installs it
    net = await startLocalnet({ slotTimeMs: 50 });
    const [Alice, Bob, Carol, Dave, Erin] = await Promise.all([1, 2, 3, 4, 5].map(() => net.wallet())) as [LocalnetWallet, LocalnetWallet, LocalnetWallet, LocalnetWallet, LocalnetWallet];
    wallets = { Alice, Bob, Carol, Dave, Erin };
    web = await openWeb(net, wallets);
    devices = [await web.device(), await web.device({ colorScheme: "dark" })];
    pages = [await web.open(devices[0]!, "alice"), await web.open(devices[1]!, "bob")];
    [alice, bob] = pages as [Page, Page];
  });
  after(async () => {
    await web?.close();
    await net?.stop();
  });

  it("does nothing on the network before its user unlocks", async () => {
    const page = await devices[0]!.newPage();
    const asked: string[] = [];
    page.on("request", (request) => request.url().startsWith(net.rpcUrl) && asked.push(request.url()));
    await page.goto(`${web.origin}/?only=alice`);
    await chatOf(page).getByRole("button", { name: "Open my messages" }).waitFor();
    await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
    expect(asked).to.deep.equal([]);
    await page.close();
  });

  it("says so when the wallet refuses, and registers when it agrees", async () => {
    await alice.evaluate(() => ((globalThis as { approving?: boolean }).approving = false));
    await unlock(alice);
    await alice.getByRole("button", { name: "Reject" }).click(WITHIN);
    await chatOf(alice).getByText("The wallet did not sign").waitFor();
    await shot(alice, "locked");
    await alice.evaluate(() => ((globalThis as { approving?: boolean }).approving = true));
    await register(alice);
    await shot(alice, "empty");
  });

  it("tells a wallet that is not registered yet, and goes on as soon as it is", async () => {
    await startWith(alice, wallets.Bob.address);
    await chatOf(alice).getByText("has not turned on messages").waitFor(WITHIN);
    await register(bob);
    await alice.locator("textarea:enabled").waitFor(WITHIN);
    await chatOf(alice).getByText("First message: deposit").waitFor(WITHIN);
    await shot(alice, "first-message");
  });

  it("carries a first message, its acceptance, and a conversation in both directions", async () => {
    await write(alice, "gm Bob, is the painting still there? See https://example.com/art?id=7.");
    await bubbles(alice).locator("text=gm Bob").waitFor();
    await chatOf(alice).getByText("Waiting for an answer").waitFor(WITHIN);
    await bob.getByRole("button", { name: "Accept" }).waitFor(WITHIN);
    await shot(bob, "request-dark");
    expect(await bob.locator(".postern-bell-button").getAttribute("aria-label")).to.include("1 unread");
    await bob.getByRole("button", { name: "Accept" }).click();
    await bubbles(bob).locator("text=gm Bob").waitFor(WITHIN);
    await write(bob, "It is. Shall I keep it for you?");
    await write(bob, "نعم، ما زالت هنا (50 SOL)");
    await bubbles(alice).locator("text=ما زالت").waitFor(WITHIN);
    await write(alice, "Wonderful! <b>Yes</b> please.\nI come at noon.");
    await bubbles(bob).locator("text=Wonderful").waitFor(WITHIN);
    for (const page of [alice, bob]) expect(await texts(page)).to.have.length(4);
    expect((await texts(bob)).at(-1)).to.equal("Wonderful! <b>Yes</b> please.\nI come at noon.");
    expect(await bob.locator(".postern-text b").count()).to.equal(0);
    await alice.locator(".postern-bubble[data-mine] .postern-status", { hasText: "Sent" }).nth(1).waitFor(WITHIN);
  });

  it("shows the host of a link before anything opens, and the same safety number on both sides", async () => {
    expect(await chatOf(bob).locator("a[href]").count()).to.equal(0);
    await chatOf(bob).getByRole("button", { name: "https://example.com/art?id=7" }).click();
    const link = chatOf(bob).locator("a[href]");
    expect([await link.getAttribute("href"), await link.getAttribute("rel"), await bob.locator(".postern-link-host").innerText()]).to.deep.equal(["https://example.com/art?id=7", "noopener noreferrer nofollow ugc", "example.com"]);
    await shot(bob, "thread-dark");
    await chatOf(bob).getByRole("button", { name: "Cancel" }).click();
    const digits = await Promise.all([alice, bob].map(async (page) => {
      await chatOf(page).getByRole("button", { name: "Safety number" }).click();
      return (await page.locator(".postern-digits").innerText(WITHIN)).replace(/\s/g, "");
    }));
    expect(digits[0]).to.match(/^\d{60}$/);
    expect(digits[1]).to.equal(digits[0]);
    await shot(alice, "safety-number");
    for (const page of [alice, bob]) await page.locator(".postern-safety").getByRole("button", { name: "Close" }).click();
  });

  it("is there again after a reload without a prompt", async () => {
    await alice.evaluate(() => ((globalThis as { approving?: boolean }).approving = false));
    await alice.reload();
    await alice.locator(`[data-peer="${wallets.Bob.address}"]`).click(WITHIN);
    await bubbles(alice).nth(3).waitFor(WITHIN);
    expect(await alice.locator(".page-prompt").count()).to.equal(0);
    expect(await texts(alice)).to.have.length(4);
  });

  it("works in two tabs at once: what both write stands once in each, and a bell in one knows what the other read", async () => {
    const second = await web.open(devices[0]!, "alice");
    await second.locator(`[data-peer="${wallets.Bob.address}"]`).click(WITHIN);
    await bubbles(second).nth(3).waitFor(WITHIN);
    await Promise.all([write(alice, "from the first tab"), write(second, "from the second tab"), write(bob, "meanwhile")]);
    for (const page of [alice, second, bob]) {
      await bubbles(page).nth(6).waitFor(WITHIN);
      await page.waitForFunction(() => document.querySelectorAll(".page-chat .postern-status").length === Array.from(document.querySelectorAll(".page-chat .postern-status")).filter((status) => status.textContent?.includes("Sent")).length, undefined, WITHIN);
      // What is on its way is drawn apart from what has arrived: for a moment it is in neither, or in both.
      await page.waitForFunction(() => new Set(Array.from(document.querySelectorAll(".page-chat .postern-text"), ({ textContent }) => textContent)).size >= 7, undefined, WITHIN);
      const all = await texts(page);
      expect([...all].sort(), "each once").to.deep.equal([...new Set(all)].sort());
      expect(all).to.include.members(["from the first tab", "from the second tab", "meanwhile"]);
    }
    const order = (await texts(bob)).filter((text) => text.startsWith("from"));
    for (const page of [alice, second]) expect((await texts(page)).filter((text) => text.startsWith("from"))).to.deep.equal(order);
    await second.close();
  });

  it("keeps what is written offline, through a reload, and sends it once by itself when the network is back", async () => {
    await alice.evaluate(() => ((globalThis as { approving?: boolean }).approving = false));
    await devices[0]!.route(`${net.rpcUrl}/**`, (route) => route.abort());
    await chatOf(alice).getByText("No connection").waitFor(WITHIN);
    await write(alice, "written offline");
    await bubbles(alice).locator("text=written offline").waitFor(WITHIN);
    await shot(alice, "offline");
    await devices[0]!.unroute(`${net.rpcUrl}/**`);
    await alice.reload();
    await alice.locator(`[data-peer="${wallets.Bob.address}"]`).click(WITHIN);
    await bubbles(bob).locator("text=written offline").waitFor(WITHIN);
    await bubbles(alice).locator("text=written offline").first().waitFor(WITHIN);
    await alice.waitForFunction(() => Array.from(document.querySelectorAll(".page-chat .postern-status")).every((status) => status.textContent?.includes("Sent")), undefined, WITHIN);
    for (const page of [alice, bob]) expect((await texts(page)).filter((text) => text === "written offline")).to.have.length(1);
  });

  it("tells the sender that a request was declined", async () => {
    const device = await web.device({ viewport: { width: 390, height: 780 }, hasTouch: true });
    const carol = await web.open(device, "carol");
    await register(carol);
    await startWith(carol, wallets.Bob.address);
    await carol.locator("textarea:enabled").waitFor(WITHIN);
    await write(carol, "Free money!!! https://xn--pypal-4ve.com/claim");
    await bob.getByRole("button", { name: "Decline" }).click(WITHIN);
    await chatOf(carol).getByText("Your request was declined").waitFor(WITHIN);
    expect(await carol.locator("textarea").isDisabled()).to.equal(true);
    await shot(carol, "phone-declined");
    await device.close();
  });

  it("has no violation of accessibility rules, in light and dark, in any of its states", async () => {
    const phone = await web.device({ viewport: { width: 390, height: 780 } });
    const locked = await web.open(phone, "dave");
    await chatOf(locked).getByRole("button", { name: "Open my messages" }).waitFor();
    for (const [name, page] of Object.entries({ light: alice, dark: bob, locked })) {
      await page.locator(".postern-bell-button").click();
      for (const open of ["with the bell open", "with the bell closed"]) {
        expect(await violations(page), `${name}, ${open}`).to.deep.equal([]);
        if (open === "with the bell open") {
          await shot(page, `bell-${name}`);
          await page.keyboard.press("Escape");
        }
      }
    }
    await alice.setViewportSize({ width: 390, height: 780 });
    await shot(alice, "phone-thread");
    expect(await violations(alice), "phone").to.deep.equal([]);
    await chatOf(alice).getByRole("button", { name: "Back to conversations" }).click();
    await shot(alice, "phone-list");
    expect(await violations(alice), "phone, list").to.deep.equal([]);
    await alice.locator(".postern-bell-button").click();
    expect(await violations(alice), "phone, with the bell open").to.deep.equal([]);
    await shot(alice, "phone-bell");
    await alice.locator(".postern-panel").getByRole("button", { name: "Close messages" }).click(); // a phone has no Escape
    expect(await alice.locator(".postern-panel").count()).to.equal(0);
    await alice.setViewportSize({ width: 1280, height: 720 });
    await phone.close();
  });

  it("is used with the keyboard alone, and reads from right to left", async () => {
    await alice.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
    await chatOf(alice).locator("[data-peer]").focus();
    await alice.keyboard.press("Enter");
    await alice.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA", undefined, WITHIN);
    await alice.locator("textarea:enabled").waitFor(WITHIN);
    await alice.keyboard.type("مرحبا Bob");
    await alice.keyboard.press("Shift+Enter");
    await alice.keyboard.type("second line");
    await alice.keyboard.press("Enter");
    await bubbles(bob).locator("text=second line").waitFor(WITHIN);
    await shot(alice, "right-to-left");
    await alice.evaluate(() => document.documentElement.removeAttribute("dir"));
  });

  it("works in a frame of another site, whose storage is its own", async () => {
    const page = await (await web.device()).newPage();
    await page.goto(`${web.origin.replace("127.0.0.1", "localhost")}/frame.html`);
    const frame = page.frameLocator("iframe");
    await frame.locator(".page-chat").getByRole("button", { name: "Open my messages" }).click();
    await frame.locator(".page-chat").getByRole("button", { name: "Turn on messages" }).waitFor(WITHIN);
  });

  it("goes on with memory where the browser keeps nothing for it, and says so", async () => {
    const device = await web.device();
    await device.addInitScript(() => Object.defineProperty(globalThis, "indexedDB", { value: { open: () => { throw new DOMException("denied", "SecurityError"); }, databases: async () => { throw new DOMException("denied", "SecurityError"); } } }));
    const page = await web.open(device, "dave");
    await unlock(page);
    await chatOf(page).getByText("This window keeps nothing").waitFor(WITHIN);
    await device.close();
  });

  it("broke no rule of its Content-Security-Policy, and threw nothing", () => expect(web.problems).to.deep.equal([]));
});
