/**
 * A second endpoint, of somebody else. What the first one shows is compared with it: an endpoint that hides, replays or invents is
 * found out as long as the two do not lie alike. Neither is believed more than the other; what they differ in is told.
 */
import { equal } from "../crypto/index.js";
import { isPosternError, PosternError } from "../errors.js";
import { sleep } from "../net/abort.js";
import type { Connection } from "../net/connection.js";
import { Rpc } from "../net/rpc.js";
import type { Address } from "../program/index.js";
import { ABSENT, Accounts, postsIn, type Mark } from "./accounts.js";
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

/** What an account is to this wallet: its own profile or a peer's, or an inbox of a conversation; of its own, where the peer is not known. */
export type Subject = { readonly what: "profile" | "inbox"; readonly wallet: Address };

export type WitnessParts = Pick<Context, "rpc" | "cluster" | "program" | "emit"> & { readonly ending: AbortSignal };
/** What one of the two shows, and since when (ms, monotone). */
type Shown = { readonly mark: Mark; readonly sinceMs: number };
type Difference = { readonly ours: Shown; readonly theirs: Shown; readonly told: boolean };

export class Witness {
  /** The second endpoint. */
  readonly rpc: Rpc;
  readonly #parts: WitnessParts;
  readonly #ours: Accounts;
  readonly #theirs: Accounts;
  /** As the first endpoint showed them last, since the last comparison. */
  #noted = new Map<Address, Mark>();
  readonly #differences = new Map<Address, Difference>();
  #comparedAtMs = -Infinity;
  #isAtWork = false;
  #isOnline = true;
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
    const witness = new Witness(parts, new Rpc(connection, parts.rpc.commitment, parts.ending, () => undefined));
    await witness.#answers(() => witness.#requireSameCluster());
    return witness;
  }

  /** The first endpoint has shown an account: the other one is asked in the background. */
  note(address: Address, mark: Mark): void {
    this.#noted.set(address, mark);
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    this.#work().catch(() => undefined).finally(() => (this.#isAtWork = false)); // the session ends; else with the next that is noted
  }

  /**
   * What `ask` gives, once `theirs`, which reads from {@link rpc}, shows the same keys. A second endpoint that does not answer has no say.
   * @throws PosternError ENDPOINTS_DISAGREE, and what `ask` throws
   */
  async agreed(wallet: Address, ask: () => Promise<Peer>, theirs: PeerKeys): Promise<Peer> {
    for (const endMs = performance.now() + LAG_MS; ;) {
      const ours = await ask().catch((error: unknown) => {
        if (!isPosternError(error, "PEER_NOT_REGISTERED")) throw error;
        return error;
      });
      const isSame = await this.#answers(async () => {
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
    for (let open = this.#untold(); this.#noted.size > 0 || open.length > 0; open = this.#untold()) {
      await sleep(open.length > 0 ? RECHECK_MS : Math.max(GATHERING_MS, this.#comparedAtMs + PAUSE_MS - performance.now()), this.#parts.ending);
      await this.#ours.look(open); // nobody else may be asking for these
      for (const address of open) this.#noted.set(address, this.#ours.markOf(address) ?? this.#noted.get(address) ?? ABSENT);
      await this.#compare();
    }
  }

  #untold(): Address[] {
    return [...this.#differences].flatMap(([address, { told }]) => (told ? [] : [address]));
  }

  async #compare(): Promise<void> {
    const subjects = this.subjects();
    const noted = [...this.#noted].flatMap(([address, ours]) => subjects.get(address) === undefined ? [] : [{ address, ours, subject: subjects.get(address)! }]);
    this.#noted = new Map();
    const isAnswered = await this.#answers(async () => {
      await this.#requireSameCluster();
      await this.#theirs.look(noted.map(({ address }) => address));
      return true;
    });
    this.#comparedAtMs = performance.now();
    if (isAnswered !== true) this.#differences.clear(); // nothing is known of how long they last
    else for (const { address, ours, subject } of noted) this.#weigh(address, subject, ours, this.#theirs.markOf(address) ?? ours);
  }

  /** In a busy conversation one may be behind at every look: it counts from when either has shown nothing else. */
  #weigh(address: Address, subject: Subject, ours: Mark, theirs: Mark): void {
    const before = this.#differences.get(address);
    if (ours === theirs) {
      this.#differences.delete(address);
      return;
    }
    const nowMs = performance.now();
    const since = (mark: Mark, shown: Shown | undefined): Shown => (shown?.mark === mark ? shown : { mark, sinceMs: nowMs });
    const difference = { ours: since(ours, before?.ours), theirs: since(theirs, before?.theirs), told: before?.told ?? false };
    const lastsMs = nowMs - Math.min(difference.ours.sinceMs, difference.theirs.sinceMs);
    const isToBeTold = !difference.told && lastsMs >= LAG_MS;
    this.#differences.set(address, isToBeTold ? { ...difference, told: true } : difference);
    if (!isToBeTold) return;
    const [ourPosts, theirPosts] = subject.what === "inbox" ? [postsIn(ours), postsIn(theirs)] : [0, 0];
    const behind = ourPosts === theirPosts ? {} : { behind: ourPosts < theirPosts ? "connection" as const : "witness" as const };
    this.#parts.emit({ kind: "endpointsDisagree", ...subject, address, ...behind });
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
    if (isOnline !== this.#isOnline) this.#parts.emit({ kind: "witness", state: isOnline ? "online" : "offline" });
    this.#isOnline = isOnline;
  }

  async #requireSameCluster(): Promise<void> {
    this.#isSame ??= equal(await this.rpc.genesisHash(), this.#parts.cluster.genesisHash);
    if (!this.#isSame) throw new PosternError("WRONG_CLUSTER", "The witness serves another cluster than the connection. Use an endpoint of the same cluster.");
  }
}

