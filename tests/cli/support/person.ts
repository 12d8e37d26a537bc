/** Somebody at a terminal: a wallet in a keypair file, and a home folder of their own. */
import type { Localnet, LocalnetWallet } from "@postern/sdk/localnet";
import { expect } from "chai";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { start, type Ended, type Run } from "./command.js";

export type Person = {
  readonly address: string;
  /** What the keypair file says. */
  readonly secret: string;
  readonly run: (...args: string[]) => Run;
  /** The objects that a command prints, which is to succeed and to say nothing else. */
  readonly json: (...args: string[]) => Promise<Record<string, unknown>[]>;
};

export function person(net: Localnet, folder: string, { name, wallet, onEnded }: { readonly name: string; readonly wallet: LocalnetWallet; readonly onEnded?: (ended: Ended) => void }): Person {
  const file = join(folder, `${name}.json`);
  const home = join(folder, name);
  mkdirSync(home);
  const secret = JSON.stringify([...wallet.secretKey]);
  writeFileSync(file, secret);
  const run = (...args: string[]): Run => {
    const started = start([...args, "--url", net.rpcUrl, "--keypair", file], { env: { HOME: home, XDG_DATA_HOME: join(home, "data") } });
    void started.ended.then((ended) => onEnded?.(ended));
    return started;
  };
  const json = async (...args: string[]): Promise<Record<string, unknown>[]> => {
    const { exit, stdout, stderr } = await run(...args, "--json").ended;
    expect({ exit, stderr: stderr.replace(/^.*( …|: \d+\.\d s)\n/gm, "") }, `postern ${args.join(" ")}`).to.deep.equal({ exit: 0, stderr: "" });
    return stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  return { address: wallet.address, secret, run, json };
}
