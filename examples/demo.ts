/**
 * Two wallets talk over a real local Solana network: `npm run demo`. Everything that is printed is also checked, and the
 * process ends with 1 when a claim does not hold.
 */
import { startLocalnet, type Localnet } from "@postern/sdk/localnet";
import { brokenClaims, type Findings } from "./demo/claims.js";
import { everythingBack } from "./demo/leaving.js";
import { anOutsiderTries, whatTheLedgerShows } from "./demo/ledger.js";
import { heading, printCosts } from "./demo/print.js";
import { setUp } from "./demo/stage.js";
import { restoreOnAFreshDevice, twoWalletsTalk } from "./demo/talk.js";

async function run(net: Localnet): Promise<Findings> {
  console.log(`A local Solana network runs at ${net.rpcUrl}, with the Postern program ${net.programId}.`);
  const stage = await setUp(net);
  const before = await Promise.all([stage.alice, stage.bob].map(({ wallet }) => stage.balance(wallet.address)));

  const talk = await twoWalletsTalk(stage);
  const searched = await whatTheLedgerShows(stage, talk.found.written);
  const { restored, prompts } = await restoreOnAFreshDevice(stage);
  const outsider = await anOutsiderTries(stage);
  const { lamportsPerByte } = await talk.alice.estimate();
  const leaving = await everythingBack(stage, talk, before);
  await Promise.all([talk.alice.close(), talk.bob.close()]);

  heading("6. What each step cost");
  const { steps } = stage.observer;
  printCosts(steps, lamportsPerByte);
  return { ...talk.found, ...leaving, searched, restored, outsider, steps, prompts: { ...talk.found.prompts, restore: prompts } };
}

async function main(): Promise<void> {
  const net = await startLocalnet();
  try {
    const broken = brokenClaims(await run(net));
    for (const claim of broken) console.error(`\nNOT SO: ${claim}.`);
    if (broken.length > 0) process.exitCode = 1;
    else console.log("\nEvery claim above was checked, and holds.");
  } finally {
    await net.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
