/**
 * Deploys the program to the cluster of Anchor.toml's provider: `anchor migrate`, or `npm run deploy`, which needs nothing
 * but Node. What is deployed is the binary that `sdk/artifacts/build.json` records, to the address of
 * `target/deploy/postern-keypair.json`; afterwards the bytes on chain are read and compared.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { checkBuild, readBuild, sha256, type Build } from "./build.js";
import { readKeypair, readOrMakeKeypair } from "./keypair.js";
import { deployProgram, holdsBinary, readProgramData } from "./loader/deploy-program.js";
import { clusterName, type Provider } from "./provider.js";

const ROOT = join(__dirname, "..");

type Options = {
  /** Default: sBPF v3, from `sdk/artifacts`. */
  readonly build?: Build;
  /** Where the program's key is, and the buffer's while it is filled. Default: `target/deploy`. */
  readonly keyFolder?: string;
  readonly log?: (line: string) => void;
};

async function deploy(provider: Provider, options: Options = {}): Promise<{ address: string; outcome: string }> {
  const { build = readBuild(join(ROOT, "sdk", "artifacts"), "postern.v3.so"), keyFolder = join(ROOT, "target", "deploy"), log = console.log } = options;
  const { connection } = provider;
  const { payer } = provider.wallet;
  if (payer === undefined) throw new Error("Deploying needs a wallet with a key file. Set [provider] wallet in Anchor.toml.");
  const program = readKeypair(join(keyFolder, "postern-keypair.json"), "Run `npm run deploy:keys` once: it makes the key of your own deployment.");
  const address = program.publicKey.toBase58();
  checkBuild(build, address);

  log(`Deploying ${build.name} (SHA-256 ${sha256(build.binary)}) to ${address} on ${await clusterName(connection)}, paid by ${payer.publicKey.toBase58()}.`);
  const bufferFile = join(keyFolder, "postern-buffer-keypair.json");
  const outcome = await deployProgram({ connection, payer, program, buffer: readOrMakeKeypair(bufferFile), binary: build.binary, log });
  const deployed = await readProgramData(connection, program.publicKey);
  if (deployed === undefined || !holdsBinary(deployed, build.binary)) {
    throw new Error("What stands on the cluster is not what was deployed. Do not use it; ask another RPC endpoint, and run this again.");
  }
  rmSync(bufferFile, { force: true });
  log(`Program ${outcome}: the bytes on the cluster are those of ${build.name}.`);
  log(`Upgrade authority: ${deployed.authority?.toBase58() ?? "none"}. Pass programId: "${address}" to Postern.connect.`);
  return { address, outcome };
}

// Anchor calls what `require` gives, so this is the module itself and not its `default`.
export = deploy;
