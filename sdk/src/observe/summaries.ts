/** Lists in which everything that did not change stays the same object, so that nobody draws it again. */
import type { Overview } from "../client/overview.js";
import type { ConversationSummary, RequestSummary } from "./state.js";

/** The values of `next`, with those of `before` that are equal, field by field, in their place; `before` itself if all are. */
export function kept<T extends object>(before: readonly T[], next: readonly T[], nameOf: (item: T) => string): readonly T[] {
  const known = new Map(before.map((item) => [nameOf(item), item]));
  const merged = next.map((item) => {
    const old = known.get(nameOf(item));
    return old && sameFields(old, item) ? old : item;
  });
  return merged.length === before.length && merged.every((item, i) => item === before[i]) ? before : merged;
}

function sameFields(a: object, b: object): boolean {
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return Object.keys(right).every((name) => Object.is(left[name], right[name]));
}

export function summariesOf({ conversations, unaccepted }: Overview): ConversationSummary[] {
  return conversations.map(({ conversation, latest, unread }) => ({
    peer: conversation.peer, state: conversation.state, canSend: conversation.canSend, unread, latest, keysChanged: unaccepted.get(conversation.peer) !== undefined,
  }));
}

/** What is being done about a request stays with it, until it is gone. */
export function requestsOf({ requests }: Overview, before: readonly RequestSummary[]): RequestSummary[] {
  return requests.map(({ from, firstMessage }) => {
    const old = before.find((request) => request.from === from);
    return { from, firstMessage, busy: old?.busy, error: old?.error };
  });
}
