/** The framework-free core: everything that a page shows of one wallet's messages, as values that can be watched. */
import type { CostEstimate } from "../client/estimate.js";
import type { MessageRequest } from "../client/message-request.js";
import type { ConnectOptions, Postern } from "../client/postern.js";
import type { RegisterOptions } from "../client/registration.js";
import type { WalletLike } from "../client/wallet-like.js";
import { PosternError } from "../errors.js";
import { Cell, type Observable } from "./cell.js";
import { Live } from "./live.js";
import { NameBook, type Names, type ShownName } from "./names.js";
import { coded } from "./outgoing.js";
import type { Account, Conversations, RequestSummary } from "./state.js";
import { Thread } from "./thread.js";
import { resume, unlock, type Unlocked } from "./unlock.js";

export type MessagingOptions = Omit<ConnectOptions, "wallet"> & {
  /** The app's wallet; undefined or without a `publicKey` while none is connected. */
  readonly wallet?: WalletLike | null | undefined;
  /** Names in place of addresses, such as `snsNames`. */
  readonly names?: Names | undefined;
  /** Between looks for news, in ms, while the page is visible and this tab leads; at least 1,000. Default 5,000. */
  readonly refreshMs?: number | undefined;
  /** Messages of one conversation that are kept in memory; older ones are loaded again. Default 1,000, at least 100. */
  readonly mostMessages?: number | undefined;
};

/**
 * Nothing happens before somebody holds it, and nothing on the network before `unlock()`, or where this device has kept a session
 * (the default, `session: "device"`) and the page loads again. All lists are empty until then, on a server too.
 *
 * @example
 * ```ts
 * import { Messaging } from "@postern/sdk/observe";
 *
 * const messaging = new Messaging({ connection, wallet });
 * const release = messaging.hold();
 * const unsubscribe = messaging.unread.subscribe(() => console.log(messaging.unread.getSnapshot()));
 * await messaging.unlock();
 * unsubscribe();
 * release();
 * ```
 */
export class Messaging {
  readonly #options: MessagingOptions;
  readonly #account: Cell<Account>;
  readonly #live: Live;
  readonly #threads = new Map<string, Thread>();
  readonly #names: NameBook;
  #wallet: WalletLike | undefined;
  #holders = 0;
  #ending: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;

  constructor(options: MessagingOptions) {
    const { wallet, names, refreshMs = 5_000, mostMessages = 1_000 } = options;
    if (!(refreshMs >= 1_000) || !(mostMessages >= 100)) throw new PosternError("INVALID_ARGUMENT", "refreshMs is at least 1,000 and mostMessages at least 100.");
    this.#options = options;
    this.#wallet = wallet ?? undefined;
    this.#names = new NameBook(names);
    const address = wallet?.publicKey?.toBase58();
    this.#account = new Cell<Account>({
      phase: address === undefined ? "noWallet" : "locked", address, connection: "online", balanceLamports: undefined, lowBalance: false, storage: "device",
      keysExpireAt: undefined, error: undefined,
    });
    this.#live = new Live({ account: this.#account, refreshMs, mostMessages, forget: (peer) => void this.#threads.delete(peer), onLost: (error) => this.#lost(error), withdraw: (peer, id) => this.#threads.get(peer)?.withdraw(id) });
  }

  get account(): Observable<Account> {
    return this.#account;
  }

  /** Latest message first. */
  get conversations(): Observable<Conversations> {
    return this.#live.conversations;
  }

  /** Wallets that wait for an answer, oldest first. */
  get requests(): Observable<readonly RequestSummary[]> {
    return this.#live.requests;
  }

  /** Unread messages of all conversations, and requests. */
  get unread(): Observable<number> {
    return this.#live.unread;
  }

  /**
   * Keeps it at work until the returned function is called: then the session ends, though not what this device has kept of it.
   * Held again within the same moment, it goes on.
   */
  hold(): () => void {
    clearTimeout(this.#ending);
    if (this.#holders++ === 0 && this.#account.getSnapshot().phase === "locked") void this.#resume();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      if (--this.#holders === 0) this.#ending = setTimeout(() => void this.#end(), 0);
    };
  }

  /** The same account's wallet as another object, as wallet libraries make one with every change. */
  useWallet(wallet: WalletLike | null | undefined): void {
    if (wallet?.publicKey?.toBase58() === this.#account.getSnapshot().address) this.#wallet = wallet ?? undefined;
  }

  /** Asks the wallet once for the keys. What fails is in `account`. */
  unlock = async (): Promise<void> => {
    if (this.#account.getSnapshot().phase !== "locked") return;
    await this.#open("unlocking", () => unlock(this.#unlocking()));
  };

  /** Publishes this wallet's keys and funds its delegate: up to three more prompts. What fails is in `account`. */
  register = async (options?: RegisterOptions): Promise<void> => {
    const postern = this.#live.session.getSnapshot();
    if (this.#account.getSnapshot().phase !== "unregistered" || !postern) return;
    this.#account.patch({ phase: "registering", error: undefined });
    try {
      await postern.register(options);
      if (this.#live.session.getSnapshot() !== postern) return;
      this.#account.patch({ phase: "ready" });
      await this.#live.look();
    } catch (error) {
      if (this.#live.session.getSnapshot() === postern) this.#account.patch({ phase: "unregistered", error: coded(error) });
    }
  };

  /** Adds to the delegate's balance: one prompt. What fails is in `account`. */
  fund = async (lamports: bigint): Promise<void> => {
    try {
      await this.#session().fund(lamports);
      this.#account.patch({ error: undefined, lowBalance: false });
      await this.#live.look();
    } catch (error) {
      this.#account.patch({ error: coded(error) });
    }
  };

  /** Forgets the keys on this device. */
  lock = async (): Promise<void> => {
    const postern = this.#live.stop();
    this.#attempt++;
    this.#locked();
    await postern?.lock();
  };

  /** The conversation with a wallet. It does nothing until it is subscribed to. */
  thread(peer: string): Thread {
    let thread = this.#threads.get(peer);
    if (thread === undefined) this.#threads.set(peer, (thread = new Thread(peer, this.#live)));
    return thread;
  }

  /** Whether a wallet can be written to; undefined before it is known. */
  canMessage(peer: string): Observable<boolean | undefined> {
    return this.#live.reachable(peer);
  }

  /** @returns true when it is done; what fails is in `requests` */
  accept = (from: string): Promise<boolean> => this.#live.answer(from, "accepting", (request: MessageRequest) => request.accept());
  /** @returns true when it is done; what fails is in `requests` */
  decline = (from: string): Promise<boolean> => this.#live.answer(from, "declining", (request: MessageRequest) => request.decline());

  /** The user has seen that a wallet's keys were replaced. Until then it is told, after a reload too; what could not be kept is told again. */
  acceptKeys = (peer: string): void => void this.#live.acceptKeys(peer).catch(() => undefined);

  /** What things cost now. @throws PosternError LOCKED and those of `Postern.estimate` */
  estimate = async (peer?: string): Promise<CostEstimate> => this.#session().estimate(peer);

  /** Looks for news now. */
  refresh = (): Promise<void> => this.#live.look();

  nameOf(address: string): Observable<ShownName> {
    return this.#names.of(address);
  }

  /** The address for what somebody typed: an address or a name. */
  resolve = (text: string): Promise<string | undefined> => this.#names.resolve(text);

  #session(): Postern {
    const postern = this.#live.session.getSnapshot();
    if (postern) return postern;
    throw new PosternError("LOCKED", "The wallet's messages are locked. Call unlock() first.");
  }

  #unlocking(): Parameters<typeof unlock>[0] {
    const { wallet: _, names: __, refreshMs: ___, mostMessages: ____, ...options } = this.#options;
    return { wallet: () => this.#wallet ?? { publicKey: null }, options: { session: "device", ...options } };
  }

  #resume(): Promise<void> {
    return this.#open("resuming", () => resume(this.#unlocking()));
  }

  async #open(phase: "unlocking" | "resuming", work: () => Promise<Unlocked | undefined>): Promise<void> {
    const attempt = ++this.#attempt;
    this.#account.patch({ phase, error: undefined });
    try {
      const unlocked = await work();
      if (attempt !== this.#attempt) return void (await unlocked?.postern.close());
      if (unlocked === undefined) return this.#locked();
      this.#account.patch({ storage: unlocked.storage });
      const registered = await this.#live.start(unlocked.postern);
      if (attempt === this.#attempt) this.#account.patch({ phase: registered ? "ready" : "unregistered" });
    } catch (error) {
      if (attempt !== this.#attempt) return;
      await this.#live.stop()?.close();
      this.#locked(coded(error));
    }
  }

  async #end(): Promise<void> {
    this.#attempt++;
    const postern = this.#live.stop();
    this.#locked();
    await postern?.close();
  }

  /** The session is of no use any more: keys that were replaced elsewhere. */
  #lost(error: PosternError): void {
    this.#attempt++;
    void this.#live.stop()?.close();
    this.#locked(error);
  }

  #locked(error?: PosternError): void {
    const { address } = this.#account.getSnapshot();
    this.#account.patch({ phase: address === undefined ? "noWallet" : "locked", balanceLamports: undefined, lowBalance: false, error });
  }
}
