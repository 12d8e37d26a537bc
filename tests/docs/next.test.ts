/** examples/next, built by Next and served by it. */
import { expect } from "chai";
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { shot, violations } from "../browser/chat-driver.js";
import { CHROMIUM, launchChromium } from "../browser/chromium.js";

const EXAMPLE = join(__dirname, "../../examples/next");
const NEXT = join(EXAMPLE, "node_modules/next/dist/bin/next");
const ENV = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };

describe("examples/next", function () {
  this.timeout(600_000); // a bundler on a busy machine
  let next: ChildProcess;
  let origin: string;
  let rpc: Server;
  /** Requests that the network's endpoint has got. */
  let asked = 0;
  let said = "";

  before(async function () {
    if (!existsSync(NEXT) && process.env["CI"] === undefined) this.skip(); // CI installs it: npm ci --prefix examples/next
    await promisify(execFile)(process.execPath, [NEXT, "build"], { cwd: EXAMPLE, env: ENV });
    rpc = createServer((_, response) => {
      asked++;
      response.end();
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
    await new Promise((resolve) => (rpc ? rpc.close(resolve) : resolve(undefined)));
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
});
