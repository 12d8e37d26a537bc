import { createRequire } from "node:module";

import { here } from "../here.js";
import { balance } from "./commands/balance.js";
import { close } from "./commands/close.js";
import { conversations } from "./commands/conversations.js";
import { keys } from "./commands/keys.js";
import { runLocalnet } from "./commands/localnet.js";
import { read } from "./commands/read.js";
import { register } from "./commands/register.js";
import { requests } from "./commands/requests.js";
import { send } from "./commands/send.js";
import { exitCodeOf } from "./exit-code.js";
import { explain } from "./explain.js";
import { errorJson } from "./output.js";
import { USAGE, UsageError, usageOf } from "./usage.js";

const COMMANDS: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  localnet: runLocalnet, register, send, read, requests, conversations, keys, balance, close,
};

async function main([name, ...rest]: string[]): Promise<void> {
  const [asked] = rest;
  const options = name === "send" && rest.length > 1 ? [] : rest; // a text may be "--help"
  if (name === "help" || name === "--help" || name === "-h") console.log(asked === undefined ? USAGE : usageOf(asked));
  else if (options.includes("--help") || options.includes("-h")) console.log(usageOf(name));
  else if (name === "--version" || name === "-v") console.log(version());
  else if (name !== undefined && Object.hasOwn(COMMANDS, name)) await COMMANDS[name]?.(rest);
  else throw new UsageError(name === undefined ? "A command is missing." : `Unknown command: ${name}`);
}

function version(): string {
  return (createRequire(here)("../../package.json") as { version: string }).version;
}

const args = process.argv.slice(2);
main(args).catch((error: unknown) => {
  if (args.includes("--json")) console.error(errorJson(error));
  else console.error(error instanceof UsageError ? `${explain(error)}\n\n${usageOf(args[0])}` : explain(error));
  process.exitCode = exitCodeOf(error);
});
