/** Two people at two terminals, on a real local network. */
import { startLocalnet, type Localnet } from "@postern/sdk/localnet";
import { expect } from "chai";
import { mkdtempSync, writeFileSync, rmSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start, type Ended } from "./support/command.js";
import { person, type Person } from "./support/person.js";

describe("the postern command, by two people", function () {
  this.timeout(180_000);
  let net: Localnet;
  let folder: string;
  let people: [Person, Person];
  const secrets: string[] = [];
  const outputs: Ended[] = [];

  async function at(name: string): Promise<Person> {
    const made = person(net, folder, { name, wallet: await net.wallet({ sol: 5 }), onEnded: (ended) => void outputs.push(ended) });
    secrets.push(made.secret.slice(1, 60));
    return made;
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "postern-cli-"));
    net = await startLocalnet({ slotTimeMs: 50 });
    people = [await at("alice"), await at("bob")];
  });
  after(async () => {
    await net.stop();
    rmSync(folder, { recursive: true });
  });

  it("says that there is nothing where there is nothing, on standard error, and nothing at all to programs", async () => {
    const [alice, bob] = people;
    for (const [args, said] of [[["requests"], "Nobody waits"], [["conversations"], "No conversations yet"], [["read", bob.address], "No messages yet"]] as const) {
      const { exit, stdout, stderr } = await alice.run(...args).ended;
      expect([exit, stdout, stderr.includes(said)], args.join(" ")).to.deep.equal([0, "", true]);
      expect(await alice.json(...args)).to.deep.equal([]);
    }
  });

  it("tells people in its own words what is missing, with the amount", async () => {
    const [alice, bob] = people;
    expect((await alice.run("send", bob.address, "gm").ended).stderr).to.include("Run postern register once.").and.not.to.include("register()");
    const { stderr } = await alice.run("register", "--fund", "9000000000000").ended;
    expect(stderr).to.match(/at least \d+ lamports \(\d+\.\d+ SOL\)/).and.not.to.include("context.");
  });

  it("goes from registering to leaving: every step as one JSON object a line", async () => {
    const [alice, bob] = people;
    for (const { address, json } of people) {
      const [registered] = await json("register", "--fund", "200000000");
      expect(registered).to.include({ wallet: address, registered: true, balanceLamports: "200000000" });
    }
    const [sent] = await alice.json("send", bob.address, "gm, Bob");
    expect(sent).to.include({ seq: 2, status: "confirmed", state: "requested" });
    const [request] = await bob.json("requests");
    expect(request).to.include({ from: alice.address, text: "gm, Bob" });
    expect(await bob.json("requests", "--accept", alice.address)).to.deep.equal([{ accepted: alice.address, keysChanged: false }]);
    await bob.json("send", alice.address, "gm yourself");
    expect((await alice.json("conversations")).map(({ unread }) => unread)).to.deep.equal([1]);
    const read = await alice.json("read", bob.address);
    expect(read.map(({ text, mine }) => [text, mine])).to.deep.equal([["gm, Bob", true], ["gm yourself", false]]);
    expect((await alice.json("read", bob.address, "--after", String(read[0]!["cursor"]))).map(({ text }) => text)).to.deep.equal(["gm yourself"]);
    expect(await alice.json("read", bob.address, "--after", String(read[1]!["cursor"])), "behind the last").to.deep.equal([]);
    expect((await alice.json("read", bob.address, "--limit", "1")).map(({ text }) => text)).to.deep.equal(["gm yourself"]);
    expect((await alice.json("conversations")).map(({ peer, state, unread }) => [peer, state, unread])).to.deep.equal([[bob.address, "open", 0]]);
    const [balance] = await bob.json("balance");
    expect(balance!["balanceLamports"]).to.match(/^\d+$/);
    await bob.json("read", alice.address);
    await bob.run("close", alice.address).ended; // acknowledges, and closes where nothing is unread
    const [closed] = await alice.json("close", bob.address);
    expect(Number(closed!["reclaimedLamports"])).to.be.greaterThan(0);
    expect((await alice.json("balance", "--withdraw"))[0]).to.include({ balanceLamports: "0" });
  });

  it("follows until Ctrl-C, and then ends with code 0", async () => {
    const [alice, bob] = people;
    await alice.json("balance", "--fund", "100000000");
    const reading = bob.run("read", alice.address, "--follow");
    await alice.json("send", bob.address, "one more time");
    await reading.printed(/one more time/);
    reading.child.kill("SIGINT");
    expect((await reading.ended).exit).to.equal(0);
  });

  it("shows what a peer writes without letting it write to the terminal", async () => {
    const [alice, bob] = people;
    await alice.json("send", bob.address, "\u001b]0;owned\u0007\u001b[2J\u202egpj.exe\r\u009b31m");
    const { stdout } = await bob.run("read", alice.address, "--limit", "1").ended;
    expect(stdout).to.match(/\\u\{1b\}\]0;owned\\u\{7\}\\u\{1b\}\[2J\\u\{202e\}gpj\.exe\\u\{d\}\\u\{9b\}31m\n$/);
    expect(stdout.replaceAll("\n", "")).not.to.match(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  it("takes a text from standard input, as it is", async () => {
    const [alice, bob] = people;
    const file = join(folder, "alice.json");
    const ended = await start(["send", bob.address, "-", "--url", net.rpcUrl, "--keypair", file, "--store", "none", "--json"], { input: "from a pipe\n" }).ended;
    expect(ended.exit).to.equal(0);
    expect((await bob.json("read", alice.address, "--limit", "1"))[0]!["text"]).to.equal("from a pipe\n");
  });

  it("remembers what it has seen of keys in a folder for each network, sealed", async () => {
    const { readdirSync, readFileSync } = await import("node:fs");
    const data = join(folder, "bob", "data", "postern");
    const [network, ...others] = readdirSync(data);
    expect(others).to.deep.equal([]);
    const files = readdirSync(join(data, network!), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files).not.to.be.empty;
    for (const { parentPath, name } of files) {
      expect(`${name} ${readFileSync(join(parentPath, name), "latin1")}`).not.to.include(people[0].address);
    }
  });

  const failures: readonly (readonly [what: string, args: (bob: string) => string[], exit: number, code: string])[] = [
    ["a wallet that is not registered", () => ["send", "So11111111111111111111111111111111111111112", "gm"], 5, "PEER_NOT_REGISTERED"],
    ["what is no address", () => ["send", "nobody", "gm"], 2, "INVALID_ADDRESS"],
    ["an empty text", (bob) => ["send", bob, ""], 2, "NOTHING_TO_SEND"],
    ["accepting what nobody asked", (bob) => ["requests", "--accept", bob], 1, "NOT_A_REQUEST"],
    ["a cursor that is none", (bob) => ["read", bob, "--after", "x"], 2, "INVALID_CURSOR"],
    ["more than the balance", () => ["balance", "--fund", "9000000000000"], 6, "INSUFFICIENT_FUNDS"],
  ];
  for (const [what, args, exit, code] of failures) {
    it(`answers ${what} with ${code}, as JSON on standard error, and exit code ${exit}`, async () => {
      const ended = await people[0].run(...args(people[1].address), "--json").ended;
      expect(ended.stdout).to.equal("");
      expect(JSON.parse(ended.stderr.split("\n").filter((line) => line.startsWith("{")).join(""))).to.include({ error: code });
      expect(ended.exit).to.equal(exit);
    });
  }

  it("closes nothing where there is nothing, and says so", async () => {
    expect((await people[0].run("close", (await net.wallet()).address).ended).stdout).to.include("Nothing to close");
  });

  it("says without a word of what is in it that a keypair file is missing or none, and ends with code 3", async () => {
    const broken = join(folder, "broken.json");
    writeFileSync(broken, "[1,2,3,77777]");
    for (const file of [broken, join(folder, "not-there.json")]) {
      const { exit, stderr } = await start(["balance", "--url", net.rpcUrl, "--keypair", file]).ended;
      expect([exit, stderr.includes("keypair file"), stderr.includes("77777")]).to.deep.equal([3, true, false]);
    }
  });

  it("names the two failures that are no error of the SDK's in JSON as well", async () => {
    for (const [args, code] of [[["balance", "--keypair", join(folder, "not-there.json")], "KEYPAIR_INVALID"], [["balance", "--fund", "much"], "USAGE"]] as const) {
      const { stderr } = await start([...args, "--url", net.rpcUrl, "--json"]).ended;
      expect(JSON.parse(stderr)).to.include({ error: code });
    }
  });

  it("takes a second endpoint, which is to be of the same network", async () => {
    const [alice, bob] = people;
    expect((await alice.json("send", bob.address, "seen by two", "--witness", net.rpcUrl))[0]).to.have.property("signature");
    const { exit, stderr } = await alice.run("balance", "--witness", "nowhere").ended;
    expect([exit, stderr.includes("--witness takes")]).to.deep.equal([2, true]);
  });

  it("ends with code 4 where no endpoint answers", async () => {
    const { exit, stderr } = await start(["balance", "--url", "http://127.0.0.1:9", "--keypair", join(folder, "alice.json")]).ended;
    expect(exit).to.equal(4);
    expect(stderr).to.include("RPC endpoint");
  });

  it("reads the endpoint and the wallet from where Solana's command line keeps them", async () => {
    const home = join(folder, "configured");
    mkdirSync(join(home, ".config", "solana", "cli"), { recursive: true });
    writeFileSync(join(home, ".config", "solana", "cli", "config.yml"), `---\njson_rpc_url: ${net.rpcUrl}\nwebsocket_url: ''\nkeypair_path: "${join(folder, "bob.json")}"\ncommitment: confirmed\n`);
    const { exit, stdout } = await start(["balance", "--json", "--store", "none"], { env: { HOME: home } }).ended;
    expect(exit).to.equal(0);
    expect(JSON.parse(stdout)).to.include({ wallet: people[1].address });
  });

  it("prints no secret, whatever it does", async () => {
    expect(outputs.length).to.be.greaterThan(20);
    for (const { stdout, stderr } of outputs) for (const secret of secrets) expect(stdout + stderr).not.to.include(secret);
  });
});
