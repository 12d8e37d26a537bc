import { createRequire } from "node:module";

import { here } from "../here.js";
import { runLocalnet } from "./localnet.js";
import { UsageError } from "./usage.js";

const USAGE = `Usage: postern <command> [options]

Commands:
  localnet         run a local Solana network with the Postern program, until Ctrl-C
    --port <n>       port of JSON-RPC; WebSocket takes the next one (default: 8899; 0: any)
    --slot-time <ms> length of a slot (default: 200)
    --fund <address> give this address 10 SOL; may be repeated

Options:
  -h, --help       show this text
  -v, --version    show the version`;

async function main(args: string[]): Promise<void> {
  const [command, ...rest] = args;
  if (args.includes("--help") || args.includes("-h")) console.log(USAGE);
  else if (command === "--version" || command === "-v") console.log(version());
  else if (command === "localnet") await runLocalnet(rest);
  else throw new UsageError(command === undefined ? "A command is missing." : `Unknown command: ${command}`);
}

function version(): string {
  return (createRequire(here)("../../package.json") as { version: string }).version;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  console.error(error instanceof UsageError ? `${message}\n\n${USAGE}` : message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
