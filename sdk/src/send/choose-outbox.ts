/** Which of several inboxes to a peer is written (PROTOCOL.md, section 7). */
import type { Outbox } from "../sync/peer-view.js";
import { byKeys } from "../sync/succession.js";

/** The inbox that all devices of a wallet choose alike: newest keys, open before requested, then earliest, then lowest address. */
export function chooseOutbox(outboxes: readonly Outbox[]): Outbox | undefined {
  const rank = { open: 0, requested: 1, incomplete: 2, declined: 3, gone: 3 } as const;
  return outboxes
    .filter(({ status }) => rank[status] < 3)
    .sort((a, b) =>
      byKeys(a, b) ||
      rank[a.status] - rank[b.status] ||
      a.inbox.openedTime - b.inbox.openedTime ||
      (a.own.address < b.own.address ? -1 : 1))[0];
}
