import { startLocalnet, type Localnet } from "@postern/sdk/localnet";
import { Keypair, PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { mkdtempSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readBuild, type Build } from "../../migrations/build.js";
import deploy from "../../migrations/deploy.js";
import { syncKeys } from "../../migrations/keys.js";
import { decodeBuffer } from "../../migrations/loader/instructions.js";
import { deployProgram, holdsBinary, readProgramData } from "../../migrations/loader/deploy-program.js";
import { providerSettings } from "../../migrations/provider.js";

const ARTIFACTS = join(__dirname, "..", "..", "sdk", "artifacts");

describe("deploying", function () {
  this.timeout(60_000);
  let localnet: Localnet;
  let folder: string;
  const log = (): void => undefined;

  before(async () => {
    localnet = await startLocalnet({ slotTimeMs: 50 });
  });
  after(() => localnet.stop());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "postern-deploy-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A key for the program in `folder`, and the committed build as if it had been made for it. */
  function prepared(name = "postern.v3.so"): { program: Keypair; build: Build } {
    const program = Keypair.generate();
    writeFileSync(join(folder, "postern-keypair.json"), JSON.stringify([...program.secretKey]));
    const build = readBuild(ARTIFACTS, name);
    return { program, build: { ...build, record: { ...build.record, address: program.publicKey.toBase58() } } };
  }

  async function payer(sol?: number): Promise<Keypair> {
    return Keypair.fromSecretKey((await localnet.wallet(sol === undefined ? {} : { sol })).secretKey);
  }

  for (const name of ["postern.v3.so", "postern.v0.so"]) {
    it(`puts ${name} on the cluster byte for byte, executable, under the payer's authority, and leaves no buffer`, async () => {
      const { program, build } = prepared(name);
      const connection = localnet.connection();
      const wallet = { payer: await payer() };
      expect(await deploy({ connection, wallet }, { build, keyFolder: folder, log })).to.deep.equal({ address: program.publicKey.toBase58(), outcome: "deployed" });
      const data = await readProgramData(connection, program.publicKey);
      expect(Buffer.from(data!.code).equals(readFileSync(join(ARTIFACTS, name)))).to.equal(true);
      expect(data!.authority!.equals(wallet.payer.publicKey)).to.equal(true);
      expect((await connection.getAccountInfo(program.publicKey))?.executable).to.equal(true);
      expect(existsSync(join(folder, "postern-buffer-keypair.json"))).to.equal(false);
    });
  }

  it("changes nothing the second time, upgrades when the program is another, and for nobody else", async () => {
    const { program, build: older } = prepared("postern.v0.so");
    const { binary } = readBuild(ARTIFACTS, "postern.v3.so");
    const connection = localnet.connection();
    const provider = { connection, wallet: { payer: await payer() } };
    await deploy(provider, { build: older, keyFolder: folder, log });
    const before = await connection.getBalance(provider.wallet.payer.publicKey);
    expect((await deploy(provider, { build: older, keyFolder: folder, log })).outcome).to.equal("unchanged");
    expect(await connection.getBalance(provider.wallet.payer.publicKey)).to.equal(before);

    const deployment = { connection, payer: provider.wallet.payer, program, buffer: Keypair.generate(), log };
    expect(await deployProgram({ ...deployment, binary })).to.equal("upgraded");
    expect(holdsBinary((await readProgramData(connection, program.publicKey))!, binary)).to.equal(true);
    expect(await refusal(deployProgram({ ...deployment, payer: await payer(), binary: older.binary }))).to.match(/may upgrade this program/);
    expect(await refusal(deployProgram({ ...deployment, binary: Buffer.concat([older.binary, Buffer.alloc(1)]) }))).to.match(/solana program extend/);
  });

  it("goes on with the buffer of an upload that was interrupted", async () => {
    const { program, build } = prepared();
    const connection = localnet.connection();
    const buffer = Keypair.generate();
    const lines: string[] = [];
    const paying = await payer();
    let sent = 0;
    const failing = new Proxy(connection, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (name === "sendTransaction" && ++sent > 20) return () => Promise.reject(new Error("the network is gone"));
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const deployment = { payer: paying, program, buffer, binary: build.binary, log: (line: string) => void lines.push(line) };
    expect(await refusal(deployProgram({ ...deployment, connection: failing }))).to.match(/did not land/);
    const half = decodeBuffer((await connection.getAccountInfo(buffer.publicKey))!.data);
    expect(half!.authority!.equals(paying.publicKey)).to.equal(true);
    expect(await deployProgram({ ...deployment, connection })).to.equal("deployed");
    expect(lines.join("\n")).to.match(/Resuming the upload/);
  });

  it("refuses a binary that is not the recorded one, and one that was built for another address", async () => {
    const { build } = prepared();
    const provider = { connection: localnet.connection(), wallet: { payer: await payer() } };
    const altered = { ...build, binary: Uint8Array.from(build.binary, (byte, i) => (i === 1_000 ? byte ^ 1 : byte)) };
    expect(await refusal(deploy(provider, { build: altered, keyFolder: folder, log }))).to.match(/not the binary that build.json records/);
    const elsewhere = { ...build, record: { ...build.record, address: localnet.programId } };
    expect(await refusal(deploy(provider, { build: elsewhere, keyFolder: folder, log }))).to.match(/deploy:keys/);
  });

  it("says what a wallet lacks before anything is sent", async () => {
    const { program, build } = prepared();
    const poor = await payer(0.01);
    expect(await refusal(deploy({ connection: localnet.connection(), wallet: { payer: poor } }, { build, keyFolder: folder, log }))).to.match(/owns 0\.0100 SOL; deploying needs about/);
    expect(await localnet.connection().getAccountInfo(program.publicKey)).to.equal(null);
    expect(await localnet.connection().getBalance(poor.publicKey)).to.equal(10_000_000);
  });

  it("makes a key once, for its owner alone, and writes its address into the sources", () => {
    mkdirSync(join(folder, "programs", "postern", "src"), { recursive: true });
    const lib = join(folder, "programs", "postern", "src", "lib.rs");
    writeFileSync(lib, `declare_id!("${localnet.programId}");\n`);
    writeFileSync(join(folder, "Anchor.toml"), `[programs.localnet]\npostern = "${localnet.programId}"\n`);
    const { address, changed } = syncKeys(folder);
    expect(changed).to.deep.equal(["programs/postern/src/lib.rs", "Anchor.toml"]);
    expect(new PublicKey(address).toBase58()).to.equal(address).and.not.equal(localnet.programId);
    expect(readFileSync(lib, "utf8")).to.equal(`declare_id!("${address}");\n`);
    expect(readFileSync(join(folder, "Anchor.toml"), "utf8")).to.include(`postern = "${address}"`);
    if (process.platform !== "win32") expect(statSync(join(folder, "target", "deploy", "postern-keypair.json")).mode & 0o077).to.equal(0);
    expect(syncKeys(folder)).to.deep.equal({ address, changed: [] });
  });

  it("is what `anchor migrate` calls: the module itself", () => {
    expect(require("../../migrations/deploy.js")).to.be.a("function").with.lengthOf(1);
  });

  it("reads cluster and wallet as Anchor does", () => {
    const toml = '[programs.devnet]\npostern = "x"\n\n[provider]\ncluster = "Devnet"\nwallet = "/keys/id.json"\n\n[scripts]\ntest = "npm test"\n';
    expect(providerSettings(toml, {})).to.deep.equal({ url: "https://api.devnet.solana.com", walletFile: "/keys/id.json" });
    expect(providerSettings(toml, { ANCHOR_PROVIDER_URL: "http://10.0.0.1:8899", ANCHOR_WALLET: "/other.json" })).to.deep.equal({ url: "http://10.0.0.1:8899", walletFile: "/other.json" });
    expect(providerSettings('[provider]\ncluster = "Mainnet"', {}).url).to.equal("https://api.mainnet-beta.solana.com");
    expect(() => providerSettings('[provider]\ncluster = "moon"', {})).to.throw(/moon/);
  });
});

async function refusal(promise: Promise<unknown>): Promise<string> {
  return promise.then(() => "", (error: unknown) => (error instanceof Error ? error.message : String(error)));
}
