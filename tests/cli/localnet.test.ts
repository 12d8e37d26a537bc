import { Connection, Keypair } from "@solana/web3.js";
import { expect } from "chai";
import { start, version } from "./support/command.js";

describe("the postern command", () => {
  it("runs a local network until Ctrl-C, and then ends with code 0", async () => {
    const { publicKey } = Keypair.generate();
    const run = start(["localnet", "--port", "0", "--fund", publicKey.toBase58()]);
    const printed = await run.printed(/Ready\./);
    const [, rpcUrl, rpcPort, wsPort] = /^RPC: (http:\/\/127\.0\.0\.1:(\d+))\nWebSocket: ws:\/\/127\.0\.0\.1:(\d+)\nProgram: [1-9A-HJ-NP-Za-km-z]{32,44}\n/.exec(printed) ?? [];
    expect(Number(wsPort)).to.equal(Number(rpcPort) + 1);
    const connection = new Connection(rpcUrl!, "confirmed");
    while ((await connection.getBalance(publicKey)) === 0) await new Promise((resolve) => setImmediate(resolve));
    run.child.kill("SIGINT");
    expect(await run.ended).to.include({ exit: 0, stderr: "" });
  });

  it("says what it can do, and its version", async () => {
    const help = start(["--help"]);
    expect(await help.printed(/--version/)).to.match(/^Usage: postern <command>/);
    expect((await help.ended).exit).to.equal(0);
    const asked = start(["--version"]);
    expect(await asked.printed(/\n/)).to.equal(`${version}\n`);
    expect((await asked.ended).exit).to.equal(0);
  });

  it("tells about one command where that is asked, and sends no text for it", async () => {
    for (const args of [["help", "send"], ["send", "--help"], ["send", "-h"]]) {
      const { exit, stdout } = await start(args).ended;
      expect([exit, stdout.split("\n")[2]], args.join(" ")).to.deep.equal([0, '  send <address> <text>    send a text; "-" reads it from standard input']);
    }
    expect((await start(["help"]).ended).stdout).to.include("Exit codes:");
  });

  for (const args of [[], ["frobnicate"], ["localnet", "--frobnicate"], ["localnet", "--port", "http"], ["localnet", "--fund", "nobody"]]) {
    it(`answers "postern ${args.join(" ")}" with the usage and code 2`, async () => {
      const { exit, stderr } = await start(args).ended;
      expect(stderr).to.include("Usage: postern <command>");
      expect(exit).to.equal(2);
    });
  }

  it("tells of a command that lacks something what that command takes, and no more", async () => {
    const { exit, stderr } = await start(["send"]).ended;
    expect(stderr).to.match(/^<address> is missing\.\n\nUsage: postern <command> \[options\]\n\n {2}send <address> <text>.*\n.*--max-postage.*\n\n.*postern --help\n$/);
    expect(exit).to.equal(2);
  });

  it("ends with code 2 and one sentence for a port that cannot be", async () => {
    const { exit, stderr } = await start(["localnet", "--port", "70000"]).ended;
    expect(stderr).to.equal("port is a whole number from 0 to 65534.\n");
    expect(exit).to.equal(2);
  });
});
