/** Whether wallets can be written to: asked for together, once somebody wants to know, and again after a while. */
import type { Postern } from "../client/postern.js";
import { isPosternError } from "../errors.js";
import { Cell, type Observable } from "./cell.js";

/** Whether a no has become a yes is soon of interest; a yes seldom changes. */
const ASK_AGAIN_MS = 5_000;
const SELDOM = 12;

export class Reachability {
  readonly #session: Observable<Postern | undefined>;
  /** Only of wallets that somebody watches. */
  readonly #cells = new Map<string, Cell<boolean | undefined>>();
  #wanted = new Set<string>();
  #asking: ReturnType<typeof setTimeout> | undefined;

  constructor(session: Observable<Postern | undefined>) {
    this.#session = session;
  }

  of(peer: string): Observable<boolean | undefined> {
    let cell = this.#cells.get(peer);
    if (cell === undefined) {
      const made: Cell<boolean | undefined> = new Cell<boolean | undefined>(undefined, () => this.#watch(peer, made));
      cell = made;
    }
    return cell;
  }

  #watch(peer: string, cell: Cell<boolean | undefined>): () => void {
    this.#cells.set(peer, cell);
    const want = (): void => {
      this.#wanted.add(peer);
      this.#asking ??= setTimeout(() => void this.#ask(), 0);
    };
    let times = 0;
    const again = setInterval(() => (cell.getSnapshot() !== true || ++times % SELDOM === 0) && want(), ASK_AGAIN_MS);
    const unsubscribe = this.#session.subscribe(want);
    want();
    return () => {
      clearInterval(again);
      unsubscribe();
      this.#wanted.delete(peer);
      this.#cells.delete(peer);
    };
  }

  async #ask(): Promise<void> {
    this.#asking = undefined;
    const [wallets, postern] = [[...this.#wanted], this.#session.getSnapshot()];
    this.#wanted = new Set();
    if (wallets.length === 0) return;
    const answers = postern && (await canMessage(postern, wallets));
    for (const wallet of wallets) if (answers?.has(wallet) || postern === undefined) this.#cells.get(wallet)?.set(answers?.get(wallet));
  }
}

/** Undefined where it is not known now. What is no address is a no, and keeps nobody else from an answer. */
async function canMessage(postern: Postern, wallets: string[]): Promise<Map<string, boolean> | undefined> {
  try {
    return await postern.canMessage(wallets);
  } catch (error) {
    if (!isPosternError(error, "INVALID_ADDRESS")) return undefined;
    const [first] = wallets;
    if (wallets.length === 1) return first === undefined ? undefined : new Map([[first, false]]);
    const each = await Promise.all(wallets.map((wallet) => canMessage(postern, [wallet])));
    return new Map(each.flatMap((answer) => [...(answer ?? [])]));
  }
}
