/** An app that is still on React 18 has the same: the hooks, the guide with its types, and the page in Chromium. */
import { expect } from "chai";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { bubbles, chatOf, listed, openConversation, unlock, WITHIN, write } from "../browser/chat-driver.js";
import { CHROMIUM } from "../browser/chromium.js";
import { openWeb } from "../browser/web-page.js";
import { World, type Person } from "../hostile/support/world.js";

const run = promisify(execFile);
const ROOT = join(__dirname, "../..");
const FILES = ["tests/react/server.test.ts", "tests/docs/react-guide.test.ts"];

describe("on React 18", function () {
  this.timeout(120_000);

  it("the tests of the hooks and of the guide pass", async () => {
    const mocha = [require.resolve("ts-mocha/bin/ts-mocha"), "-p", "tsconfig.json", "--require", join(__dirname, "18/use.cjs"), ...FILES];
    const { stdout } = await run(process.execPath, mocha, { cwd: ROOT, env: { ...process.env, POSTERN_REACT: "18" } }).catch((error: { stdout: string; stderr: string }) => expect.fail(error.stdout + error.stderr));
    expect(stdout).to.match(/\n\d+ passed, 0 failed\n$/);
  });

  it("the page talks in Chromium, and React has nothing to complain of", async function () {
    if (CHROMIUM === undefined && process.env["CI"] === undefined) this.skip(); // CI installs it
    const world = await World.start();
    const [alice, bob, carol] = (await world.people(3)) as [Person, Person, Person];
    await world.introduce(bob, alice);
    await (await carol.postern.conversation(alice.address)).send("may I?");
    const web = await openWeb(world.net, { Alice: alice.wallet }, join(__dirname, "18/vite.config.mjs"));
    try {
      const device = await web.device();
      const complaints: string[] = [];
      let scripts = "";
      device.on("console", (message) => ["error", "warning"].includes(message.type()) && !/Burner/.test(message.text()) && complaints.push(message.text()));
      device.on("response", (response) => void (response.url().endsWith(".js") && response.text().then((text) => (scripts += text))));
      const page = await web.open(device, "alice");
      await unlock(page);
      await listed(page);
      await openConversation(page, bob.address);
      await bubbles(page).nth(1).waitFor(WITHIN);
      await write(page, "from React 18");
      await chatOf(page).locator(".postern-bubble", { hasText: "from React 18" }).getByText("Sent").waitFor(WITHIN);
      await (await bob.postern.conversation(alice.address)).send("and back");
      await bubbles(page).locator("text=and back").waitFor(WITHIN);
      await page.locator(".postern-bell-button").click();
      await page.locator(".postern-panel").getByRole("button", { name: "Accept" }).click();
      await page.locator(".postern-panel").locator(".postern-bubble", { hasText: "may I?" }).waitFor(WITHIN);
      expect(scripts, "what the page runs").to.match(/["'`]18\.\d+\.\d+["'`]/);
      expect([...complaints, ...web.problems]).to.deep.equal([]);
    } finally {
      await web.close();
      await world.stop();
    }
  });
});
