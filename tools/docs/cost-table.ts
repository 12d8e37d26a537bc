/** The README's cost table: flows measured on a local network, their rent converted to mainnet's rate. */
import { Postern } from "@postern/sdk";
import { startLocalnet, type Localnet } from "@postern/sdk/localnet";
import { Observer, type Step } from "../../examples/demo/observer.js";
import { MAINNET_LAMPORTS_PER_BYTE, number } from "../../examples/demo/print.js";

/** Short slots, for speed; nothing that is measured depends on them. */
const SLOT_TIME_MS = 50;

/** The table in Markdown. Deterministic: lamports, transactions and bytes, none of which depends on keys or time. */
export async function costTable(): Promise<string> {
  const net = await startLocalnet({ slotTimeMs: SLOT_TIME_MS });
  try {
    const { steps, lamportsPerByte } = await measure(net);
    return render(steps, lamportsPerByte);
  } finally {
    await net.stop();
  }
}

async function measure(net: Localnet): Promise<{ steps: readonly Step[]; lamportsPerByte: bigint }> {
  const [aliceWallet, bobWallet] = await Promise.all([net.wallet(), net.wallet()]);
  let prompts = 0;
  const counting = ({ publicKey, signMessage, signTransaction }: typeof aliceWallet) => ({
    publicKey,
    signMessage: (message: Uint8Array) => (prompts++, signMessage(message)),
    signTransaction: <T>(transaction: T) => (prompts++, signTransaction(transaction)),
  });
  const observer = new Observer(net.connection(), net.programId, [aliceWallet.address, bobWallet.address], () => prompts);
  const alice = await observer.watch("Register a wallet", async () => {
    const postern = await Postern.connect({ connection: net.connection(), wallet: counting(aliceWallet) });
    await postern.register();
    return postern;
  });
  const bob = await Postern.connect({ connection: net.connection(), wallet: bobWallet });
  await bob.register();
  await observer.watch("", async () => undefined); // Bob's registration is no step of its own
  const toBob = await alice.conversation(bobWallet.address);
  const toAlice = await bob.conversation(aliceWallet.address);
  await observer.watch("Open a conversation, with a first message¹", () => toBob.send("gm"));
  await observer.watch("Answer it, with a message", () => toAlice.send("gm to you"));
  await observer.watch("Any message after that, in either direction", () => toBob.send("How is the weather?"));
  await observer.watch("Read, restore on another device", async () => [await toBob.history(), await toAlice.history()]);
  await toBob.close().catch(() => undefined); // acknowledges what Bob wrote
  await observer.watch("", async () => undefined);
  await observer.watch("Close the answering side", () => toAlice.close());
  await observer.watch("Close the side that opened", () => toBob.close());
  await observer.watch("Withdraw the delegate's balance", () => alice.withdraw());
  const { lamportsPerByte } = await bob.estimate();
  await Promise.all([alice.close(), bob.close()]);
  return { steps: observer.steps.filter(({ name }) => name !== ""), lamportsPerByte };
}

function render(steps: readonly Step[], lamportsPerByte: bigint): string {
  const row = ({ name, prompts, transactions, fees, rent }: Step): string => {
    const deposit = (rent * MAINNET_LAMPORTS_PER_BYTE) / lamportsPerByte;
    return `| ${[name, prompts, transactions, sol(fees), deposit === 0n ? "–" : sol(deposit)].join(" | ")} |`;
  };
  return [
    "| | wallet prompts | transactions | fees, SOL | rent, SOL (refundable) |",
    "|---|---:|---:|---:|---:|",
    ...steps.map(row),
    "",
    `Rent at mainnet's ${number(MAINNET_LAMPORTS_PER_BYTE)} lamports per byte (November 2026), fees at 5,000 lamports per signature, without priority fees.`,
  ].join("\n");
}

/** Lamports as SOL, exactly: as many decimals as there are, six at least. */
function sol(lamports: bigint): string {
  const sign = lamports < 0n ? "-" : "";
  const digits = (lamports < 0n ? -lamports : lamports).toString().padStart(10, "0");
  return `${sign}${digits.slice(0, -9)}.${digits.slice(-9).replace(/0{1,3}$/, "")}`;
}
