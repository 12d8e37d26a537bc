/** Events as an iteration, and those of the connection. */
import type { EventHub, PosternEvent } from "../sync/events.js";
import type { Session } from "./session.js";

/** Queues what happens until it is taken; ends with the signal or the session. Looks for new requests meanwhile. */
export async function* iterateEvents(session: Session, signal: AbortSignal | undefined): AsyncGenerator<PosternEvent, void, undefined> {
  const stop = session.stopping(signal);
  const queue: PosternEvent[] = [];
  let wake: () => void = () => undefined;
  const onStop = (): void => wake();
  if (stop.aborted) return;
  stop.addEventListener("abort", onStop);
  const unlisten = session.events.listen((event) => {
    queue.push(event);
    wake();
  });
  const release = session.watchForRequests();
  try {
    while (!stop.aborted) {
      const event = queue.shift();
      if (event !== undefined) {
        yield event;
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (stop.aborted || queue.length > 0) resolve();
      });
    }
  } finally {
    release();
    unlisten();
    stop.removeEventListener("abort", onStop);
  }
}

/** Tells when the endpoint stops answering, and when it answers again. */
export function healthEvents(events: EventHub): (online: boolean) => void {
  let last = true;
  return (online) => {
    if (online === last) return;
    last = online;
    events.emit({ kind: "connection", state: online ? "online" : "offline" });
  };
}
