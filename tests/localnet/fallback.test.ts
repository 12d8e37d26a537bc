import { isPosternError } from "@postern/sdk";
import { startLocalnet, type Localnet } from "@postern/sdk/localnet";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const FIXTURE = pathToFileURL(join(__dirname, "fixtures", "network-cli.mjs")).href;

describe("where the native package does not exist, a local network", () => {
  const { PATH, POSTERN_LOCALNET_BACKEND } = process.env;
  let folder: string;
  let localnet: Localnet | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "postern-path-"));
    process.env.PATH = `${folder}${delimiter}${dirname(process.execPath)}`;
  });
  afterEach(async () => {
    await localnet?.stop(); // also when a test gave up: a network that stays keeps this process alive
    localnet = undefined;
    process.env.PATH = PATH;
    if (POSTERN_LOCALNET_BACKEND === undefined) delete process.env.POSTERN_LOCALNET_BACKEND;
    else process.env.POSTERN_LOCALNET_BACKEND = POSTERN_LOCALNET_BACKEND;
    await rm(folder, { recursive: true });
  });

  for (const name of ["surfpool", "solana-test-validator"]) {
    it(`is run by a ${name} on the PATH, which ends with it`, async () => {
      await install(name, name);
      localnet = await startLocalnet({ slotTimeMs: 100 });
      const pid = Number(await readFile(join(folder, "pid"), "utf8"));
      const connection = localnet.connection();
      expect((await connection.getAccountInfo(new PublicKey(localnet.programId)))?.executable).to.equal(true);
      const wallet = await localnet.wallet({ sol: 3 });
      expect(await connection.getBalance(new PublicKey(wallet.address))).to.equal(3_000_000_000);
      expect(await new Promise((resolve) => void connection.onSlotChange(({ slot }) => resolve(slot)))).to.be.a("number");
      expect(isRunning(pid)).to.equal(true);
      await localnet.stop();
      expect(isRunning(pid)).to.equal(false);
    }).timeout(30_000);
  }

  it("is refused with a sentence when there is nothing to run", async () => {
    process.env.POSTERN_LOCALNET_BACKEND = "surfpool";
    const error = await startLocalnet().catch((reason: unknown) => reason);
    expect(isPosternError(error, "LOCALNET_UNAVAILABLE")).to.equal(true);
    expect((error as Error).message).to.match(/install the Surfpool CLI/);
  });

  it("is refused at once when the program that should run it ends, with what that printed", async () => {
    await install("surfpool", "broken");
    const error = await startLocalnet().catch((reason: unknown) => reason);
    expect(isPosternError(error, "LOCALNET_UNAVAILABLE") && error.context.output).to.include("this release is broken");
  });

  /** Puts a program of that name on the PATH, and takes the native package away. */
  async function install(name: string, behaviour: string): Promise<void> {
    const file = join(folder, name);
    const script = `require("fs").writeFileSync(__dirname + "/pid", String(process.pid));process.argv.splice(2, 0, "${behaviour}");import("${FIXTURE}");\n`;
    await writeFile(file, `#!${process.execPath}\n${script}`);
    await chmod(file, 0o755);
    process.env.POSTERN_LOCALNET_BACKEND = name;
  }
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
