import { Postern, type Connection, type Conversation, type Message } from "@postern/sdk";
import { startLocalnet, type Localnet } from "@postern/sdk/localnet";
import { expect } from "chai";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { compile, snippetsOf, type Compiled } from "./snippets.js";

const ROOT = join(__dirname, "..", "..");
const pagesIn = (folder: string): string[] => readdirSync(join(ROOT, folder)).filter((name) => name.endsWith(".md")).sort().map((name) => `${folder}/${name}`);
const PAGES = ["README.md", "sdk/README.md", ...pagesIn("docs"), ...pagesIn("docs/guides")];
/** Its examples are components, which a test of its own renders. */
const COMPONENTS = "docs/guides/react.md";
const SNIPPETS = PAGES.filter((page) => page !== COMPONENTS).flatMap(snippetsOf);
const FOUR_LINES = `const postern = await Postern.connect({ connection, wallet });
await postern.register();                                  // once per wallet
const chat = await postern.conversation(bob);              // opens it, or resumes it
await chat.send("gm");
for await (const message of chat.messages({ signal })) render(message);
`;

describe("the documentation", function () {
  this.timeout(60_000);
  let compiled: Compiled;
  let localnet: Localnet;
  let connection: Connection;

  before(async () => {
    compiled = compile(SNIPPETS);
    localnet = await startLocalnet({ slotTimeMs: 20 });
    connection = localnet.connection();
  });
  after(async () => {
    compiled.remove();
    await localnet.stop();
  });

  it("has examples, and every one compiles", () => {
    expect(SNIPPETS).to.have.length.of.at.least(10);
    expect(compiled.problems).to.deep.equal([]);
  });

  it("has the four lines on both front pages", () => {
    for (const page of ["README.md", "sdk/README.md"]) expect(snippetsOf(page)[0]?.code).to.include(FOUR_LINES);
  });

  for (const { name } of SNIPPETS) {
    it(`runs the example at ${name}`, async () => {
      const { said, rendered } = await runExample(localnet, connection, compiled.files.get(name)!);
      const code = SNIPPETS.find((snippet) => snippet.name === name)!.code;
      if (code.includes(FOUR_LINES)) expect(rendered).to.deep.equal(["gm"]);
      if (code.includes("console.log")) expect(said).to.be.above(0);
    });
  }

  it("names the two commands as they are", () => {
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    expect(readme).to.include("```\nnpm ci && npm run demo\n```").and.to.include("```\nnpm ci && npm test\n```");
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };
    for (const [, script] of readme.matchAll(/`npm run ([a-z:]+)/g)) expect(scripts, script).to.have.property(script!);
  });

  it("links to files and headings that exist", () => {
    for (const page of [...PAGES, "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "llms.txt"]) {
      const text = readFileSync(join(ROOT, page), "utf8");
      for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(target!)) continue;
        const [file = "", heading] = target!.split("#");
        const path = file === "" ? join(ROOT, page) : join(ROOT, dirname(page), file);
        expect(existsSync(path), `${page} → ${target}`).to.equal(true);
        if (heading) expect(headings(readFileSync(path, "utf8")), `${page} → ${target}`).to.include(heading);
      }
    }
  });
});

function headings(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) => title!.toLowerCase().replace(/[^\w\s-]/g, "").trim().replace(/\s/g, "-"));
}

type Example = { default(names: Record<string, unknown>): Promise<void> };

/**
 * Runs an example as Alice, who is registered and has an open conversation with Bob, and a request from Carol; the four
 * lines get a wallet of their own, which is not registered.
 */
async function runExample(net: Localnet, connection: Connection, file: string): Promise<{ said: number; rendered: string[] }> {
  const fresh = readFileSync(file, "utf8").includes("postern.register()");
  const [aliceWallet, bobWallet, carolWallet, newWallet] = await Promise.all([net.wallet(), net.wallet(), net.wallet(), net.wallet()]);
  const open: Postern[] = [];
  const registered = async (wallet: typeof aliceWallet): Promise<Postern> => {
    const postern = await Postern.connect({ connection, wallet });
    open.push(postern);
    await postern.register();
    return postern;
  };
  try {
    const [alice, bob, carol] = await Promise.all([aliceWallet, bobWallet, carolWallet].map(registered)) as [Postern, Postern, Postern];
    const chat: Conversation = await alice.conversation(bob.address);
    await chat.send("gm Bob");
    await (await bob.conversation(alice.address)).send("gm Alice");
    await (await carol.conversation(alice.address)).send("Hello, may I ask something?");
    const done = new AbortController();
    const rendered: string[] = [];
    const render = (message: Message): void => {
      rendered.push(message.kind === "content" ? (message.text ?? "") : message.reason);
      done.abort();
    };
    let said = 0;
    const console = { log: () => void (said++, setImmediate(() => done.abort())) }; // what waits for more has shown enough
    const example = (await import(file)) as Example;
    await example.default({
      connection, secondUrl: net.rpcUrl, wallet: fresh ? newWallet : aliceWallet, bob: bob.address, postern: alice, chat, signal: done.signal, render,
      program: net.programId, writer: alice.address, console,
    });
    return { said, rendered };
  } finally {
    for (const postern of open) await postern.close();
  }
}
