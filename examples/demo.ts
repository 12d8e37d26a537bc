/**
 * Two wallets talk over a real local Solana network: `npm run demo`. Everything that is printed is also checked, and the
 * process ends with 1 when a claim does not hold.
 */
import { isPosternError, Postern, type Conversation, type WalletLike } from "@postern/sdk";
import { startLocalnet, type Localnet } from "@postern/sdk/localnet";
import { addressBytes } from "@postern/sdk/program";
import { PublicKey } from "@solana/web3.js";
import { brokenClaims, type Findings, type Line } from "./demo/claims.js";
import { Observer, occurrences } from "./demo/observer.js";
import { keysOf, tryToRead } from "./demo/outsider.js";
import { heading, number, printCosts, sol, table } from "./demo/print.js";

/** A wallet of the local network that counts how often it is asked for a signature. */
async function countingWallet(net: Localnet): Promise<{ wallet: WalletLike & { address: string }; prompts: () => number }> {
  const { address, publicKey, signMessage, signTransaction } = await net.wallet();
  let count = 0;
  const wallet: WalletLike & { address: string } = {
    address, publicKey,
    signMessage: (message) => (count++, signMessage(message)),
    signTransaction: (transaction) => (count++, signTransaction(transaction)),
  };
  return { wallet, prompts: () => count };
}

async function main(): Promise<string[]> {
  const net = await startLocalnet();
  try {
    return brokenClaims(await run(net));
  } finally {
    await net.stop();
  }
}

async function run(net: Localnet): Promise<Findings> {
  console.log(`A local Solana network runs at ${net.rpcUrl}, with the Postern program ${net.programId}.`);
  const [a, b, m] = await Promise.all([countingWallet(net), countingWallet(net), countingWallet(net)]);
  const [aliceWallet, bobWallet, malloryWallet] = [a.wallet, b.wallet, m.wallet];
  const names = new Map([[aliceWallet.address, "Alice"], [bobWallet.address, "Bob"]]);
  const ledger = net.connection();
  const balance = async (address: string): Promise<bigint> => BigInt(await ledger.getBalance(new PublicKey(address)));
  const before = await Promise.all([aliceWallet, bobWallet].map(({ address }) => balance(address)));
  const observer = new Observer(ledger, net.programId, [...names.keys()], () => a.prompts() + b.prompts());
  const connect = (wallet: WalletLike): Promise<Postern> => Postern.connect({ connection: net.connection(), wallet });

  heading("1. Two wallets talk");
  const alice = await observer.watch("Alice registers", async () => {
    const postern = await connect(aliceWallet);
    await postern.register();
    return postern;
  });
  const bob = await observer.watch("Bob registers", async () => {
    const postern = await connect(bobWallet);
    await postern.register();
    return postern;
  });
  const registered = [a.prompts(), b.prompts()];
  const { lamportsPerByte } = await alice.estimate();

  const written: Line[] = [];
  const say = (step: string, chat: Conversation, from: "Alice" | "Bob", text: string): Promise<void> => observer.watch(step, async () => {
    await chat.send(text);
    written.push({ from, text });
    console.log(`  ${from.padEnd(5)} > ${text}`);
  });
  const toBob = await alice.conversation(bobWallet.address);
  await say("Alice asks, with a message", toBob, "Alice", "gm Bob! Is the lighthouse painting still for sale?");
  const [request] = await bob.requests();
  if (request === undefined) throw new Error("Bob sees no request.");
  console.log(`          Bob sees a request from ${request.from}, proven to be ${names.get(request.from)}'s wallet, and answers it.`);
  const toAlice = await bob.conversation(request.from);
  await say("Bob accepts, with a message", toAlice, "Bob", "gm Alice! It is. 2 SOL and it is yours.");
  await say("Alice writes", toBob, "Alice", "Sold. Ship it to Harbour Street 9, please.");
  await say("Bob writes", toAlice, "Bob", "On its way tomorrow. 🎨");
  const messagePrompts = a.prompts() + b.prompts() - registered[0]! - registered[1]!;
  const readBy = async (chat: Conversation): Promise<Line[]> =>
    (await chat.history()).map((message) => ({ from: names.get(message.from) ?? message.from, text: message.kind === "content" ? (message.text ?? "") : message.reason }));
  const [readByAlice, readByBob] = await Promise.all([readBy(toBob), readBy(toAlice)]);
  const safetyNumbers = [await toBob.safetyNumber(), await toAlice.safetyNumber()];
  console.log(`\n  Wallet prompts: ${registered.join(" and ")} to register, ${messagePrompts} for the four messages.`);
  console.log(`  Safety number, the same at both ends: ${safetyNumbers[0]}`);

  heading("2. What the ledger shows of it");
  const delegates = await observer.delegates();
  const owner = (address: string): string => names.get(address) ?? (delegates.has(address) ? `${names.get(delegates.get(address)!)}'s delegate` : address);
  const inboxes = await observer.inboxes();
  for (const [delegate, wallet] of delegates) console.log(`  Wallet ${wallet} (${owner(wallet)}) is registered, and acts by its delegate ${delegate}.`);
  console.log("  The program's accounts, with their rent here in lamports:");
  table((await observer.accounts()).map(({ kind, address, bytes, lamports }) => [`  ${kind}`, address, `${number(bytes)} bytes`, number(lamports)]));
  for (const { address, account } of inboxes) {
    const to = account.reader === account.recipient ? account.recipient : account.reader;
    console.log(`  Inbox ${address}: written by ${owner(account.writer)}, read by ${owner(to)}.`);
    table(account.frames.map(({ seq, time, payload }) => [
      `  frame ${seq}`, new Date(time * 1_000).toISOString(), `${payload.length} bytes`, `${Buffer.from(payload.subarray(0, 24)).toString("hex")}…`,
    ]));
  }
  const { accounts, transactions, haystacks } = await observer.everything();
  const bytes = haystacks.reduce((total, { length }) => total + length, 0);
  const texts = written.map(({ text }) => new TextEncoder().encode(text));
  const searched = {
    bytes,
    plaintextHits: texts.reduce((hits, text) => hits + occurrences(haystacks, text, 6), 0),
    addressHits: occurrences(haystacks, addressBytes(aliceWallet.address), 32),
  };
  console.log("  So anyone sees which wallets talk (this is direct mode), when, and each message's size bucket. What they say is not there:");
  console.log(`  of all texts, six bytes in a row stand ${searched.plaintextHits} times in the ${number(bytes)} bytes of ${accounts} accounts and ${transactions} transactions`);
  console.log(`  (Alice's address, which is public, stands in ${searched.addressHits} places).`);

  heading("3. A fresh device, with the wallet and nothing else");
  const promptsBefore = a.prompts();
  const fresh = await connect(aliceWallet);
  const [found] = await fresh.conversations();
  const restored = found === undefined ? [] : await readBy(found);
  await fresh.close();
  const restorePrompts = a.prompts() - promptsBefore;
  for (const { from, text } of restored) console.log(`  ${from.padEnd(5)} > ${text}`);
  console.log(`  Restored ${restored.length} of ${written.length} messages; the wallet was asked ${restorePrompts === 1 ? "once" : `${restorePrompts} times`}. Each side's`);
  console.log("  messages come in their order; between the two sides, the chain's clock decides, which counts seconds.");

  heading("4. An outsider with full access to the RPC");
  const mallory = await connect(malloryWallet);
  await mallory.register();
  const listed = (await mallory.conversations()).length + (await mallory.requests()).length + (await (await mallory.conversation(aliceWallet.address)).history()).length;
  await mallory.close();
  const theirs = tryToRead(inboxes, await keysOf(ledger, net.programId, malloryWallet));
  const bobs = tryToRead(inboxes, await keysOf(ledger, net.programId, bobWallet));
  console.log(`  Mallory registers a wallet of her own, reads every inbox, and tries her keys and everything public on it in ${number(theirs.attempts)} ways.`);
  console.log(`  She opens ${theirs.texts.length} messages. The same attempts with Bob's keys open ${bobs.texts.length}: it is the keys that she lacks.`);

  heading("5. Everything back");
  const inboxRent = (await observer.inboxes()).map(({ lamports }) => lamports).reduce((sum, lamports) => sum + lamports, 0n);
  let returned = 0n;
  await observer.watch("Alice closes: too early", async () => {
    const early = await toBob.close().then(() => undefined, (error: unknown) => error);
    if (!isPosternError(early, "CLOSE_TOO_EARLY")) throw new Error("Alice could close though Bob has not acknowledged everything.", { cause: early });
    console.log(`  Alice closes. Not yet, says the program: ${String(early.context["unreadByPeer"])} frames are not acknowledged by Bob. What she has read is acknowledged now.`);
  });
  for (const [name, chat] of [["Bob", toAlice], ["Alice", toBob]] as const) {
    await observer.watch(`${name} closes`, async () => {
      const { reclaimedLamports } = await chat.close();
      returned += reclaimedLamports;
      console.log(`  ${name} closes: ${number(reclaimedLamports)} lamports of rent go to ${name}'s wallet.`);
    });
  }
  await observer.watch("both withdraw", () => Promise.all([alice.withdraw(), bob.withdraw()]));
  const inboxesLeft = (await observer.inboxes()).length;
  const delegateBalances = await Promise.all([...names.keys()].map((wallet) => balance([...delegates].find(([, of]) => of === wallet)![0])));
  const wallets = await Promise.all([aliceWallet, bobWallet].map(async ({ address }, i) => {
    const delegate = [...delegates].find(([, of]) => of === address)![0];
    const fees = observer.feesPaidBy(address) + observer.feesPaidBy(delegate);
    const { rentLamports } = (await alice.estimate()).register;
    return { name: names.get(address)!, before: before[i]!, after: await balance(address), fees, rentLeft: rentLamports };
  }));
  console.log(`  Both withdraw: the delegates own ${delegateBalances.map(number).join(" and ")} lamports, and ${inboxesLeft} inboxes are left.`);
  for (const { name, before: had, after, fees, rentLeft } of wallets) {
    console.log(`  ${name} had ${sol(had)} and has ${sol(after)}: ${number(fees)} lamports of fees, and ${number(rentLeft)} of rent in its profile and keys.`);
  }
  await Promise.all([alice.close(), bob.close()]);

  heading("6. What each step cost");
  printCosts(observer.steps, lamportsPerByte);

  return {
    written, readByAlice, readByBob, restored, safetyNumbers, searched,
    prompts: { registration: registered, messages: messagePrompts, restore: restorePrompts },
    outsider: { attempts: theirs.attempts, opened: theirs.texts.length, openedByBob: bobs.texts.length, listed },
    steps: observer.steps,
    inboxes: { left: inboxesLeft, rentPaid: inboxRent, rentReturned: returned },
    delegates: delegateBalances, wallets,
  };
}

main().then(
  (broken) => {
    for (const claim of broken) console.error(`\nNOT SO: ${claim}.`);
    if (broken.length > 0) process.exitCode = 1;
    else console.log("\nEvery claim above was checked, and holds.");
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
