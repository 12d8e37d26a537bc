import { createRequire } from "node:module";

import { here } from "../here.js";
import { balance } from "./commands/balance.js";
import { close } from "./commands/close.js";
import { conversations } from "./commands/conversations.js";
import { runLocalnet } from "./commands/localnet.js";
import { read } from "./commands/read.js";
import { register } from "./commands/register.js";
import { requests } from "./commands/requests.js";
import { send } from "./commands/send.js";
import { exitCodeOf } from "./exit-code.js";
import { errorJson } from "./output.js";
import { USAGE, UsageError, usageOf } from "./usage.js";

const COMMANDS: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  localnet: runLocalnet, register, send, read, requests, conversations, balance, close,
};

async function main([name, ...rest]: string[]): Promise<void> {
  const options = name === "send" ? rest.slice(0, 0) : rest; // a text may be "--help"
  if (name === "--help" || name === "-h" || options.includes("--help") || options.includes("-h")) console.log(USAGE);
  else if (name === "--version" || name === "-v") console.log(version());
  else if (name !== undefined && Object.hasOwn(COMMANDS, name)) await COMMANDS[name]?.(rest);
  else throw new UsageError(name === undefined ? "A command is missing." : `Unknown command: ${name}`);
}

function version(): string {
  return (createRequire(here)("../../package.json") as { version: string }).version;
}

const args = process.argv.slice(2);
main(args).catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  if (args.includes("--json")) console.error(errorJson(error));
  else console.error(error instanceof UsageError ? `${message}\n\n${usageOf(args[0])}` : `${message}${detail(error)}`);
  process.exitCode = exitCodeOf(error);
});

/** What a person needs of an error's context. */
function detail(error: unknown): string {
  const context = (error as { context?: Readonly<Record<string, unknown>> }).context;
  const told = ["missingLamports", "postageLamports", "closableAt", "unreadByPeer", "limitBytes"].flatMap((name) => {
    const value = context?.[name];
    return value === undefined ? [] : [`${name}: ${value instanceof Date ? value.toISOString() : String(value)}`];
  });
  return told.length === 0 ? "" : ` (${told.join(", ")})`;
}
