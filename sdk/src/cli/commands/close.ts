import { COMMON, wordsOf } from "../options.js";
import { sol } from "../output.js";
import { withPostern } from "../session.js";

/** Of one `history()`. */
const MOST = 10_000;

export async function close(args: string[]): Promise<void> {
  const { values, positionals } = wordsOf(args, COMMON, ["<address>"]);
  await withPostern(values, async (postern, out) => {
    const chat = await postern.conversation(positionals[0] as string);
    await out.during("Reading", chat.history({ limit: MOST })); // who leaves has read what there is: the peer can close then as well
    const { reclaimedLamports } = await out.during("Closing", chat.close());
    out.result({ peer: chat.peer, reclaimedLamports }, reclaimedLamports === 0n ? "Nothing to close: this wallet has no inbox in that conversation." : `Closed. ${sol(reclaimedLamports)} returned to where they came from.`);
  });
}
