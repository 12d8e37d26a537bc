/** examples/next, built by Next and served by it. */
import { startLocalnet, type Localnet } from "@postern/sdk/localnet";
import { expect } from "chai";
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { shot, violations, WITHIN } from "../browser/chat-driver.js";
import { CHROMIUM, launchChromium } from "../browser/chromium.js";

const EXAMPLE = join(__dirname, "../../examples/next");
const NEXT = join(EXAMPLE, "node_modules/next/dist/bin/next");
const ENV = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };

/** As the network's endpoint does, from another port. */
async function answer(request: IncomingMessage, response: ServerResponse, rpcUrl: string): Promise<void> {
  const asked = await text(request);
  const answered = request.method === "POST" ? await (await fetch(rpcUrl, { method: "POST", headers: { "content-type": "application/json" }, body: asked })).text() : "";
  response.writeHead(200, { "access-control-allow-origin": "*", "access-control-allow-headers": "*", "content-type": "application/json" }).end(answered);
}

describe("examples/next", function () {
  this.timeout(600_000); // a bundler on a busy machine
  let next: ChildProcess;
  let origin: string;
  let rpc: Server;
  let net: Localnet;
  /** Requests that the network's endpoint has got. */
  let asked = 0;
  let said = "";

  before(async function () {
    if (!existsSync(NEXT) && process.env["CI"] === undefined) this.skip(); // CI installs it: npm ci --prefix examples/next
    await promisify(execFile)(process.execPath, [NEXT, "build"], { cwd: EXAMPLE, env: ENV });
    net = await startLocalnet({ slotTimeMs: 50 });
    rpc = createServer((request, response) => {
      asked++;
      void answer(request, response, net.rpcUrl);
    });
    await new Promise<void>((resolve) => rpc.listen(0, "127.0.0.1", resolve));
    next = spawn(process.execPath, [NEXT, "start", "--hostname", "127.0.0.1", "--port", "0"], { cwd: EXAMPLE, env: { ...ENV, RPC_URL: `http://127.0.0.1:${(rpc.address() as AddressInfo).port}` } });
    origin = await new Promise<string>((resolve, reject) => {
      const take = (data: unknown): void => {
        said += String(data);
        const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
        if (found !== undefined && said.includes("Ready")) resolve(found);
      };
      next.stdout?.on("data", take);
      next.stderr?.on("data", take);
      next.once("exit", (code) => reject(new Error(`next start ended with ${code}: ${said}`)));
    });
  });
  after(async () => {
    if (next?.exitCode === null) {
      const ended = once(next, "exit");
      next.kill("SIGTERM");
      await ended;
    }
    rpc?.closeAllConnections();
    await new Promise((resolve) => (rpc ? rpc.close(resolve) : resolve(undefined)));
    await net?.stop();
  });

  it("is drawn on the server for each request, which asks nobody", async () => {
    const response = await fetch(origin);
    const html = await response.text();
    expect(response.status, said).to.equal(200);
    expect(response.headers.get("cache-control"), "made for this request").to.include("no-store");
    const drawn = html.slice(html.indexOf("<body"), html.indexOf("<script", html.indexOf("<body")));
    expect(drawn).to.include("My dApp").and.to.include("Connect a wallet").and.to.include("Open messages");
    expect(asked).to.equal(0);
  });

  it("is taken over by the browser as it was drawn, without a question, and opens its panel in view at whichever edge the bell is", async function () {
    if (CHROMIUM === undefined && process.env["CI"] === undefined) this.skip();
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
      page.on("pageerror", (error) => problems.push(error.message));
      await page.goto(origin);
      await page.locator(".postern-bell-button").click();
      const panel = page.locator(".postern-panel");
      await panel.getByText("Connect a wallet").waitFor(); // the button works, so the page was taken over
      for (const dir of ["ltr", "rtl"]) {
        await page.evaluate((to) => {
          document.documentElement.dir = to;
          dispatchEvent(new Event("resize"));
        }, dir);
        const { x = -1, width = 0 } = (await panel.boundingBox()) ?? {};
        expect([x >= 0, x + width <= 1_280], `the whole panel is in view, ${dir}`).to.deep.equal([true, true]);
      }
      await shot(page, "next");
      expect(await violations(page)).to.deep.equal([]);
      expect(problems).to.deep.equal([]);
      expect(asked).to.equal(0);
    } finally {
      await browser.close();
    }
  });

  it("has a wallet for who has none: it gets SOL, turns on messages, and writes to another one", async function () {
    if (CHROMIUM === undefined && process.env["CI"] === undefined) this.skip();
    const browser = await launchChromium();
    try {
      const visit = async (): Promise<{ readonly page: Page; readonly address: string }> => {
        const page = await (await browser.newContext()).newPage();
        const button = (name: string): Promise<void> => page.getByRole("button", { name, exact: true }).click(WITHIN);
        await page.goto(origin);
        await button("Burner Wallet");
        await button("Get 1 SOL for trying");
        await page.getByText("It is on its way.").waitFor(WITHIN);
        await button("Open my messages");
        await button("Turn on messages");
        await page.locator(".postern-list").waitFor(WITHIN);
        return { page, address: await page.locator("code").first().innerText() };
      };
      const [one, other] = [await visit(), await visit()];
      await one.page.getByRole("button", { name: "New message" }).click();
      await one.page.getByLabel("Wallet address or name").fill(other.address);
      await one.page.getByRole("button", { name: "Start" }).click();
      await one.page.locator("textarea").fill("gm from Next");
      await one.page.locator("textarea").press("Enter");
      await other.page.getByText("gm from Next").waitFor(WITHIN);
      await shot(other.page, "next-request");
      expect(await violations(one.page)).to.deep.equal([]);
    } finally {
      await browser.close();
    }
  });
});
