/** The command line is not understood: the usage is shown, and the process ends with code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const USAGE = `Usage: postern <command> [options]

Commands:
  localnet                 run a local Solana network with the Postern program, until Ctrl-C
    --port <n>               port of JSON-RPC; WebSocket takes the next one (default: 8899; 0: any)
    --slot-time <ms>         length of a slot (default: 200)
    --fund <address>         give this address 10 SOL; may be repeated
  register                 publish this wallet's keys and fund its delegate; safe to repeat
    --policy <policy>        who may ask for contact: open (default), closed, or postage:<lamports>
    --fund <lamports>        what the delegate owns afterwards (default: enough for a first conversation)
  send <address> <text>    send a text; "-" reads it from standard input
    --max-postage <lamports> agree to pay a stranger's postage (default: 0)
  read <address>           the messages with a wallet, oldest first
    --limit <n>              at most so many of the newest (default: 50)
    --after <cursor>         only what comes behind a message's cursor
    --follow                 then what comes, until Ctrl-C
  requests                 wallets that wait for an answer
    --accept <address>       accept one
    --decline <address>      decline one
  conversations            everyone this wallet has an inbox to
  keys <address>           the safety number with a wallet, which tells whose its keys are
    --accept <number>        its keys were replaced, and this number is the same at the other end
  balance                  what the delegate can spend
    --fund <lamports>        add from the wallet
    --withdraw               return all of it to the wallet
  close <address>          leave a conversation; its rent returns to the wallet

Options of every command but localnet:
  -u, --url <url>          RPC endpoint, or localhost, devnet, testnet, mainnet-beta (default: Solana CLI's, else localhost)
      --witness <url>      a second endpoint, of somebody else: no conversation begins under keys that the two do not both show
  -k, --keypair <file>     the wallet, as Solana's CLI keeps it (default: Solana CLI's, else ~/.config/solana/id.json)
      --program <address>  the program, where it is not at this package's address
      --store <folder>     what this device remembers, sealed (default: postern in the user's data folder); none: nothing
      --json               one JSON object a line, on standard output; errors too, on standard error

  -h, --help               show this text, or with a command what is about that one
  -v, --version            show the version

Exit codes: 0 done · 1 failed · 2 not understood · 3 no such keypair file, or not one · 4 the network or its endpoint
5 not allowed now: not registered, refused, declined, full, too early · 6 too few lamports`;

const NAMES = [...USAGE.matchAll(/^  ([a-z]+) /gm)].map(([, name]) => name);

/** The lines about one command; what there is at all where it is none. */
export function usageOf(command: string | undefined): string {
  const lines = USAGE.split("\n");
  const from = lines.findIndex((line) => line.startsWith("  ") && line.trimStart().split(" ")[0] === command && !line.startsWith("   "));
  if (command === undefined || from < 0) return `Usage: postern <command> [options]\n\nCommands: ${NAMES.join(", ")}. All about them: postern --help`;
  const rest = lines.slice(from + 1);
  const end = rest.findIndex((line) => !line.startsWith("    "));
  return `Usage: postern <command> [options]\n\n${[lines[from], ...rest.slice(0, end)].join("\n")}\n\nAll commands and options: postern --help`;
}
