/**
 * A second endpoint, of somebody else. What the first one shows is compared with it: an endpoint that hides, replays or invents is
 * found out as long as the two do not lie alike. Neither is believed more than the other; what they differ in is told.
 */
import { equal } from "../crypto/index.js";
import { isPosternError, PosternError } from "../errors.js";
import { sleep } from "../net/abort.js";
import type { Connection } from "../net/connection.js";
import { Rpc, type Patience } from "../net/rpc.js";
import type { Address } from "../program/index.js";
import { ABSENT, Accounts, contentOf, lifeIn, postsIn, type Mark } from "./accounts.js";
import type { Context } from "./context.js";
import type { Peer, PeerKeys } from "./peer-keys.js";

/** What is read within this time is compared together. */
const GATHERING_MS = 500;
/** Between comparisons, while both show the same. */
const PAUSE_MS = 5_000;
/** Between looks at what they differ in. */
const RECHECK_MS = 1_000;
/** One may be this far behind the other; what they still differ in then is told. */
const LAG_MS = 10_000;
/** What was not compared for so long was not different for so long either. */
const GAP_MS = 8_000;
/** Nothing waits for a witness any longer; and after that, for so long, nothing waits for it at all. */
const PATIENCE: Patience = { tries: 1, timeoutMs: 4_000 };
const OFFLINE_MS = 30_000;

/** What an account is to this wallet: its own profile or a peer's, or an inbox of a conversation; of its own, where the peer is not known. */
export type Subject = { readonly what: "profile" | "inbox"; readonly wallet: Address };

export type WitnessParts = Pick<Context, "rpc" | "cluster" | "program" | "emit"> & { readonly ending: AbortSignal };
/** What one of the two shows, and since when (ms, monotone). */
type Shown = { readonly mark: Mark; readonly sinceMs: number };
/**
 * `isMended`: both show the same where they were asked for this alone. An endpoint that goes on to show something else where the app reads
 * is not believed for that.
 */
type Difference = { readonly ours: Shown; readonly theirs: Shown; readonly comparedAtMs: number; readonly isTold: boolean; readonly isMended: boolean };

export class Witness {
  /** The second endpoint. */
  readonly rpc: Rpc;
  readonly #parts: WitnessParts;
  readonly #ours: Accounts;
  readonly #theirs: Accounts;
  /** As the first endpoint showed them last, where the app reads, since the last comparison. */
  readonly #noted = new Map<Address, Mark>();
  readonly #differences = new Map<Address, Difference>();
  #comparedAtMs = -Infinity;
  #isAtWork = false;
  #isOnline = true;
  #offlineUntilMs = -Infinity;
  /** Whether it serves the same cluster: undefined until it has said so. */
  #isSame: boolean | undefined;
  /** What is compared. */
  subjects: () => ReadonlyMap<Address, Subject> = () => new Map();

  private constructor(parts: WitnessParts, rpc: Rpc) {
    this.#parts = parts;
    this.rpc = rpc;
    this.#ours = new Accounts(parts.rpc, parts.program);
    this.#theirs = new Accounts(rpc, parts.program);
  }

  /** One that does not answer yet is asked again later. @throws PosternError WRONG_CLUSTER where it serves another one; CLOSED */
  static async open(connection: Connection, parts: WitnessParts): Promise<Witness> {
    const witness = new Witness(parts, new Rpc(connection, parts.rpc.commitment, parts.ending, () => undefined, PATIENCE));
    await witness.#answers(() => witness.#requireSameCluster());
    return witness;
  }

  /** The first endpoint has shown an account where the app reads: the other one is asked in the background. */
  note(address: Address, mark: Mark): void {
    this.#noted.set(address, mark);
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    this.#work().catch(() => undefined).finally(() => (this.#isAtWork = false)); // the session ends; else with the next that is noted
  }

  /**
   * What `ask` gives, once `theirs`, which reads from {@link rpc}, shows the same keys. A second endpoint that does not answer has no say.
   * @param isPatient waits some seconds for whichever is behind
   * @throws PosternError ENDPOINTS_DISAGREE, and what `ask` throws
   */
  async agreed(wallet: Address, ask: () => Promise<Peer>, theirs: PeerKeys, isPatient: boolean): Promise<Peer> {
    for (const endMs = performance.now() + (isPatient ? LAG_MS : 0); ;) {
      const ours = await ask().catch((error: unknown) => {
        if (!isPosternError(error, "PEER_NOT_REGISTERED")) throw error;
        return error;
      });
      const isOffline = performance.now() < this.#offlineUntilMs && this.#isSame !== false; // one of another cluster stays one
      const isSame = isOffline ? undefined : await this.#answers(async () => {
        await this.#requireSameCluster();
        return this.#isShown(wallet, isPosternError(ours) ? undefined : ours, theirs);
      });
      if (isSame !== false) {
        if (isPosternError(ours)) throw ours;
        return ours;
      }
      if (performance.now() >= endMs) {
        throw new PosternError("ENDPOINTS_DISAGREE", "The two RPC endpoints show different keys for that wallet: one of them is behind or lies. Nothing was sent. Try again, or use other endpoints.", { context: { wallet } });
      }
      await sleep(RECHECK_MS, this.#parts.ending);
    }
  }

  async #isShown(wallet: Address, ours: Peer | undefined, theirs: PeerKeys): Promise<boolean> {
    try {
      const generation = (await theirs.profile(wallet))?.currentGeneration;
      const bundle = generation === undefined ? undefined : await theirs.at(wallet, generation);
      return bundle === undefined || ours === undefined ? bundle === ours : equal(bundle.hash, ours.bundle.hash);
    } catch (error) {
      if (!isPosternError(error) || error.code === "RPC_FAILED" || this.#parts.ending.aborted) throw error;
      return false; // what it shows does not verify
    }
  }

  async #work(): Promise<void> {
    for (let open = this.#open(); this.#noted.size > 0 || open.length > 0; open = this.#open()) {
      const untilPauseEndsMs = this.#comparedAtMs + PAUSE_MS - performance.now();
      await sleep(open.length > 0 ? RECHECK_MS : Math.max(GATHERING_MS, untilPauseEndsMs), this.#parts.ending);
      const isFull = this.#comparedAtMs + PAUSE_MS <= performance.now();
      const read = new Map(isFull ? this.#noted : [...this.#noted].filter(([address]) => open.includes(address)));
      for (const address of read.keys()) this.#noted.delete(address);
      await this.#compare(read, await this.#askedAgain(open.filter((address) => !read.has(address))));
      if (isFull) this.#comparedAtMs = performance.now();
    }
  }

  /** Differences that are to be told if they last. */
  #open(): Address[] {
    return [...this.#differences].flatMap(([address, { isTold, isMended }]) => (isTold || isMended ? [] : [address]));
  }

  /** What the app has not read again since; as it was read last, where the first endpoint does not answer to this. */
  async #askedAgain(addresses: readonly Address[]): Promise<Map<Address, Mark>> {
    await this.#ours.look(addresses).catch((error: unknown) => {
      if (!isPosternError(error, "RPC_FAILED")) throw error;
    });
    return new Map(addresses.map((address) => [address, this.#ours.markOf(address) ?? this.#differences.get(address)?.ours.mark ?? ABSENT]));
  }

  async #compare(read: ReadonlyMap<Address, Mark>, asked: ReadonlyMap<Address, Mark>): Promise<void> {
    const subjects = this.subjects();
    for (const address of this.#differences.keys()) if (!subjects.has(address)) this.#differences.delete(address); // nobody looks at it any more
    const shown = [...read, ...asked].filter(([address]) => subjects.has(address));
    const isAnswered = await this.#answers(async () => {
      await this.#requireSameCluster();
      await this.#theirs.look(shown.map(([address]) => address));
      return true;
    });
    if (isAnswered !== true) {
      for (const [address, { isTold }] of this.#differences) if (!isTold) this.#differences.delete(address); // nothing is known of how long they last
      return;
    }
    for (const [address, mark] of shown) {
      const theirs = this.#theirs.markOf(address);
      const subject = subjects.get(address);
      if (theirs !== undefined && subject !== undefined) this.#weigh(address, subject, { ours: contentOf(mark), theirs: contentOf(theirs), isRead: read.has(address) });
    }
  }

  /** In a busy conversation one may be behind at every look: it counts from when either has shown nothing else. */
  #weigh(address: Address, subject: Subject, { ours, theirs, isRead }: { readonly ours: Mark; readonly theirs: Mark; readonly isRead: boolean }): void {
    const nowMs = performance.now();
    const last = this.#differences.get(address);
    if (ours === theirs) {
      if (isRead || last === undefined) this.#differences.delete(address);
      else this.#differences.set(address, { ...last, isMended: true });
      return;
    }
    // What was mended, and is not what was shown before, is another difference; and so is one that was not looked at for long.
    const isAnother = last !== undefined && !last.isTold && (last.isMended ? last.ours.mark !== ours : nowMs - last.comparedAtMs > GAP_MS);
    const before = isAnother ? undefined : last;
    const since = (mark: Mark, shown: Shown | undefined): Shown => (shown?.mark === mark ? shown : { mark, sinceMs: nowMs });
    const difference = { ours: since(ours, before?.ours), theirs: since(theirs, before?.theirs), comparedAtMs: nowMs, isTold: before?.isTold ?? false, isMended: false };
    const isToBeTold = !difference.isTold && nowMs - Math.min(difference.ours.sinceMs, difference.theirs.sinceMs) >= LAG_MS;
    this.#differences.set(address, isToBeTold ? { ...difference, isTold: true } : difference);
    if (!isToBeTold) return;
    const behind = subject.what === "inbox" ? whichIsBehind(ours, theirs) : undefined;
    this.#parts.emit({ kind: "endpointsDisagree", ...subject, address, ...(behind && { behind }) });
  }

  /** Undefined where it gave none, which is told once for as long as it lasts. @throws PosternError WRONG_CLUSTER, CLOSED */
  async #answers<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await ask();
      this.#tell(true);
      return answer;
    } catch (error) {
      if (!this.#parts.ending.aborted) this.#tell(false);
      if (!isPosternError(error, "RPC_FAILED")) throw error;
      return undefined;
    }
  }

  #tell(isOnline: boolean): void {
    this.#offlineUntilMs = isOnline ? -Infinity : performance.now() + OFFLINE_MS;
    if (isOnline !== this.#isOnline) this.#parts.emit({ kind: "witness", state: isOnline ? "online" : "offline" });
    this.#isOnline = isOnline;
  }

  async #requireSameCluster(): Promise<void> {
    this.#isSame ??= equal(await this.rpc.genesisHash(), this.#parts.cluster.genesisHash);
    if (!this.#isSame) throw new PosternError("WRONG_CLUSTER", "The witness serves another cluster than the connection. Use an endpoint of the same cluster.");
  }
}


/** The one that shows fewer posts of the same life of an inbox. */
function whichIsBehind(ours: Mark, theirs: Mark): "connection" | "witness" | undefined {
  if (lifeIn(ours) !== lifeIn(theirs) || postsIn(ours) === postsIn(theirs)) return undefined;
  return postsIn(ours) < postsIn(theirs) ? "connection" : "witness";
}
