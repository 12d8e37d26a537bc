/** `npm run deploy`: the migration, with the provider that Anchor.toml names. */
import { join } from "node:path";
import deploy from "./deploy.js";
import { openProvider } from "./provider.js";

async function main(): Promise<void> {
  await deploy(openProvider(join(__dirname, "..", "Anchor.toml")));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
