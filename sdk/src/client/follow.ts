/** The live iteration over a conversation. */
import type { Channel } from "../sync/channel.js";
import type { Positions } from "../sync/cursor.js";
import type { Message } from "../sync/message.js";
import type { Session } from "./session.js";

/** An iteration begins with at most so many messages that are older than what the rings hold; `history()` has all. */
const MAX_OLDER = 10_000;
/** Without a cursor, so many of these are read from transaction history, a call each: however long the conversation is. */
const MAX_FETCHED = 50;

/** Yields what stands behind `after`, then what comes, until the signal fires or the session ends. */
export async function* followMessages(
  session: Session, channel: Channel, after: Positions | undefined, signal: AbortSignal | undefined,
): AsyncGenerator<Message, void, undefined> {
  const stop = session.stopping(signal);
  let wake: () => void = () => undefined;
  const onStop = (): void => wake();
  stop.addEventListener("abort", onStop);
  const skipped = new Map(after);
  let index = 0;
  const unlisten = channel.timeline.onChange((withdrawal) => {
    if (withdrawal !== undefined) {
      const { key, from, at } = withdrawal;
      index -= at.filter((i) => i < index).length;
      skipped.set(key, Math.min(from, skipped.get(key) ?? 0)); // what takes its place is new
    }
    wake();
  });
  let release: () => void = () => undefined;
  try {
    await firstRead(session, channel, stop);
    release = stop.aborted ? release : session.follow(channel);
    if (!stop.aborted) yield* until(stop, await older(session, channel, after, stop));
    while (!stop.aborted) {
      const message = channel.timeline.messages[index];
      if (message === undefined) {
        await channel.archive();
        if (stop.aborted || channel.timeline.messages.length > index) continue;
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (stop.aborted || channel.timeline.messages.length > index) resolve();
        });
        continue;
      }
      const at = index++;
      channel.handOver(at); // by passing a cursor beyond it, the app says that it needs it no more
      if (message.seq < (skipped.get(channel.timeline.keyAt(at)) ?? 0)) continue;
      session.acknowledgeWhenDue(channel);
      yield message;
    }
  } finally {
    release();
    unlisten();
    stop.removeEventListener("abort", onStop);
  }
}

/** Those behind `after` that are older than what is followed. */
async function older(session: Session, channel: Channel, after: Positions | undefined, stop: AbortSignal): Promise<Message[]> {
  try {
    return await session.run(() => channel.olderSince(after, { messages: MAX_OLDER, fetched: after === undefined ? MAX_FETCHED : MAX_OLDER }), stop);
  } catch (error) {
    if (!stop.aborted) throw error;
    return [];
  }
}

function* until(stop: AbortSignal, messages: readonly Message[]): Generator<Message, void, undefined> {
  for (const message of messages) {
    if (stop.aborted) return;
    yield message;
  }
}

/** An abort while it runs ends the iteration, it is no failure. */
async function firstRead(session: Session, channel: Channel, stop: AbortSignal): Promise<void> {
  try {
    await session.run(() => session.refresh(channel), stop);
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}
