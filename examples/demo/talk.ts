/** The conversation, and what a fresh device gets back of it. */
import type { Conversation, Postern } from "@postern/sdk";
import type { Findings, Line } from "./claims.js";
import { heading } from "./print.js";
import type { Person, Stage } from "./stage.js";

export type Talk = {
  /** The sessions of Alice and Bob, and their ends of the conversation. */
  readonly alice: Postern;
  readonly bob: Postern;
  readonly toBob: Conversation;
  readonly toAlice: Conversation;
  readonly found: Pick<Findings, "written" | "readByAlice" | "readByBob" | "safetyNumbers"> & { readonly prompts: Omit<Findings["prompts"], "restore"> };
};

export async function twoWalletsTalk(stage: Stage): Promise<Talk> {
  heading("1. Two wallets talk");
  const { observer } = stage;
  const register = (person: Person): Promise<Postern> => observer.watch(`${person.name} registers`, async () => {
    const postern = await stage.connect(person);
    await postern.register();
    return postern;
  });
  const alice = await register(stage.alice);
  const bob = await register(stage.bob);
  const registration = [stage.alice.prompts(), stage.bob.prompts()];

  const written: Line[] = [];
  const say = (step: string, chat: Conversation, { name }: Person, text: string): Promise<void> => observer.watch(step, async () => {
    await chat.send(text);
    written.push({ from: name, text });
    printLine({ from: name, text });
  });
  const toBob = await alice.conversation(bob.address);
  await say("Alice asks, with a message", toBob, stage.alice, "gm Bob! Is the lighthouse painting still for sale?");
  const [request] = await bob.requests();
  if (request === undefined) throw new Error("Bob sees no request.");
  console.log(`          Bob sees a request, proven to be from ${request.from}, and answers it.`);
  const toAlice = await bob.conversation(request.from);
  await say("Bob accepts, with a message", toAlice, stage.bob, "gm Alice! It is. 2 SOL and it is yours.");
  await say("Alice writes", toBob, stage.alice, "Sold. Ship it to Harbour Street 9, please.");
  await say("Bob writes", toAlice, stage.bob, "On its way tomorrow. 🎨");
  const messages = stage.alice.prompts() + stage.bob.prompts() - registration.reduce((a, b) => a + b);

  const readByBob = await observer.watch("Bob reads", () => stage.read(toAlice));
  // Bob's inbox is small and more than half full of what Alice reads now, so her side acknowledges it.
  const readByAlice = await observer.watch("Alice reads, and acknowledges", async () => {
    const lines = await stage.read(toBob);
    const delegate = (await observer.delegateOf(bob.address)) ?? "";
    await observer.until(({ account }) => account.writer === delegate && account.acknowledged === account.next);
    return lines;
  });
  const safetyNumbers = [await toBob.safetyNumber(), await toAlice.safetyNumber()];
  console.log(`\n  Wallet prompts: ${registration.join(" and ")} to register, ${messages} for the ${written.length} messages.`);
  console.log(`  Safety number, the same at both ends: ${safetyNumbers[0]}`);
  return { alice, bob, toBob, toAlice, found: { written, readByAlice, readByBob, safetyNumbers, prompts: { registration, messages } } };
}

export async function restoreOnAFreshDevice(stage: Stage): Promise<{ restored: Line[]; prompts: number }> {
  heading("3. A fresh device, with the wallet and nothing else");
  const before = stage.alice.prompts();
  const device = await stage.connect(stage.alice);
  const [chat] = await device.conversations();
  const restored = chat === undefined ? [] : await stage.read(chat);
  await device.close();
  const prompts = stage.alice.prompts() - before;
  restored.forEach(printLine);
  console.log(`  Restored ${restored.length} messages; the wallet was asked ${prompts === 1 ? "once" : `${prompts} times`}.`);
  return { restored, prompts };
}

function printLine({ from, text }: Line): void {
  console.log(`  ${from.padEnd(5)} > ${text}`);
}
