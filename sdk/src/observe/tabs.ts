/**
 * The tabs of one wallet in one browser: one of them leads, by a Web Lock, and looks for news more often; each tells the others when
 * there is something to look at. Where a page has neither locks nor channels, every tab is alone, which is never wrong: who sends is
 * the outbox's to say.
 */
export type Tabs = {
  /** True while this tab leads. */
  readonly leads: boolean;
  /** Tells the other tabs to look. */
  tell(): void;
  close(): void;
};

/** `onNews` is called when another tab has told of something, or when this one begins to lead. */
export function joinTabs(name: string, onNews: () => void): Tabs {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  const leaving = new AbortController();
  const channel = typeof BroadcastChannel === "function" && typeof document !== "undefined" ? new BroadcastChannel(name) : undefined;
  let leads = locks === undefined;
  if (channel) channel.onmessage = () => onNews();
  const held = new Promise<void>((resolve) => leaving.signal.addEventListener("abort", () => resolve(), { once: true }));
  locks?.request(`${name}/lead`, { signal: leaving.signal }, async () => {
    leads = true;
    onNews();
    await held;
  }).catch(() => {
    if (!leaving.signal.aborted) leads = true; // locks are refused here (an opaque origin): then nobody else is there
  });
  return {
    get leads() {
      return leads;
    },
    tell: () => channel?.postMessage(0),
    close: () => {
      leads = false;
      leaving.abort();
      channel?.close();
    },
  };
}
