/** What components show and do. Each hook draws its component anew when what it returns has changed, and never otherwise. */
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { CostEstimate } from "../client/estimate.js";
import type { Account, ConversationSummary, Conversations, Messaging, Observable, RequestSummary, ShownName, Thread, ThreadState } from "../observe/index.js";
import { useMessaging } from "./provider.js";

/** The value of anything that can be watched. */
export function useObservable<T>(observable: Observable<T>): T {
  return useSyncExternalStore(observable.subscribe, observable.getSnapshot, observable.getSnapshot);
}

/**
 * This wallet's account, and what can be done with it.
 *
 * @example
 * ```tsx
 * const { phase, unlock } = usePostern();
 * if (phase === "locked") return <button onClick={unlock}>Open messages</button>;
 * ```
 */
export function usePostern(): Account & Pick<Messaging, "unlock" | "register" | "fund" | "lock" | "refresh"> {
  const messaging = useMessaging();
  const account = useObservable(messaging.account);
  return useMemo(() => {
    const { unlock, register, fund, lock, refresh } = messaging;
    return { ...account, unlock, register, fund, lock, refresh };
  }, [messaging, account]);
}

/** All conversations, latest message first. */
export function useConversations(): Conversations {
  return useObservable(useMessaging().conversations);
}

/** One conversation in the list; undefined while it is not in it. */
export function useConversationSummary(peer: string): ConversationSummary | undefined {
  const { conversations } = useMessaging();
  const summary = (): ConversationSummary | undefined => conversations.getSnapshot().items.find((item) => item.peer === peer);
  return useSyncExternalStore(conversations.subscribe, summary, summary);
}

export type UseConversation = ThreadState & Pick<Thread, "peer" | "send" | "retry" | "cancel" | "older" | "latest" | "markRead" | "safetyNumber" | "close"> & {
  /** The user has seen that the peer's keys were replaced. */
  readonly acceptKeys: () => void;
};

/**
 * A conversation with its messages, live while the component is mounted. What is shown counts as handed to the app.
 *
 * @example
 * ```tsx
 * const { items, send } = useConversation(bob);
 * return <><ul>{items.map(({ key, text, status }) => <li key={key}>{text} {status}</li>)}</ul><button onClick={() => send("gm")}>gm</button></>;
 * ```
 */
export function useConversation(peer: string): UseConversation {
  const messaging = useMessaging();
  const thread = useMemo(() => messaging.thread(peer), [messaging, peer]);
  const state = useObservable(thread);
  return useMemo(() => {
    const { send, retry, cancel, older, latest, markRead, safetyNumber, close } = thread;
    return { ...state, peer, send, retry, cancel, older, latest, markRead, safetyNumber, close, acceptKeys: () => messaging.acceptKeys(peer) };
  }, [messaging, thread, peer, state]);
}

/** Wallets that wait for an answer, oldest first. */
export function useRequests(): { readonly requests: readonly RequestSummary[] } & Pick<Messaging, "accept" | "decline"> {
  const messaging = useMessaging();
  const requests = useObservable(messaging.requests);
  return useMemo(() => ({ requests, accept: messaging.accept, decline: messaging.decline }), [messaging, requests]);
}

/** Unread messages and requests together, for a badge. */
export function useUnread(): number {
  return useObservable(useMessaging().unread);
}

/** Whether a wallet can be written to now; undefined while it is not known. */
export function useCanMessage(peer: string): boolean | undefined {
  const messaging = useMessaging();
  return useObservable(useMemo(() => messaging.canMessage(peer), [messaging, peer]));
}

/** The name of an address, of the `names` that the provider was given. */
export function useName(address: string): ShownName {
  const messaging = useMessaging();
  return useObservable(useMemo(() => messaging.nameOf(address), [messaging, address]));
}

/** What things cost now, a peer's postage included; undefined until it is known. Asked for again when the account changes its phase. */
export function useEstimate(peer?: string): CostEstimate | undefined {
  const messaging = useMessaging();
  const { phase } = useObservable(messaging.account);
  const [known, setKnown] = useState<{ readonly messaging: Messaging; readonly peer: string | undefined; readonly estimate: CostEstimate }>();
  useEffect(() => {
    if (phase !== "ready" && phase !== "unregistered") return undefined;
    let wanted = true;
    messaging.estimate(peer).then((estimate) => wanted && setKnown({ messaging, peer, estimate }), () => undefined); // without a figure nothing is said
    return () => {
      wanted = false;
    };
  }, [messaging, peer, phase]);
  return known?.messaging === messaging && known.peer === peer ? known.estimate : undefined;
}
