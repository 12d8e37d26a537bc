/** Waiting for what happens, never for time to pass. */
import type { Message } from "@postern/sdk";

const WITHIN_MS = 45_000;
const INTERVAL_MS = 25;

/** Resolves with the first answer that is not undefined or false. */
export async function until<T>(condition: () => T | undefined | false | Promise<T | undefined | false>, what: string, { withinMs = WITHIN_MS, intervalMs = INTERVAL_MS } = {}): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await condition();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`did not happen in ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}

/** Like {@link until}, for what waits until no transaction of before can land any more: it takes some hundred slots, and is asked for seldom. */
export async function untilClosed(condition: () => Promise<boolean>, what: string): Promise<void> {
  await until(condition, what, { withinMs: 90_000, intervalMs: 200 });
}

/** Collects an iteration in the background until it is stopped. */
export function collect<T>(iterate: (signal: AbortSignal) => AsyncIterable<T>): { readonly items: T[]; readonly stop: () => Promise<T[]> } {
  const controller = new AbortController();
  const items: T[] = [];
  const done = (async () => {
    for await (const item of iterate(controller.signal)) items.push(item);
  })();
  done.catch(() => undefined); // told by stop()
  return {
    items,
    stop: async () => {
      controller.abort();
      await done;
      return items;
    },
  };
}

/** The first `count` of an iteration, which is then ended. */
export async function take<T>(count: number, iterate: (signal: AbortSignal) => AsyncIterable<T>): Promise<T[]> {
  const collected = collect(iterate);
  try {
    await until(() => collected.items.length >= count, `${count} items of an iteration`);
  } catch (error) {
    throw new Error(`${(error as Error).message}; ${collected.items.length} came`, { cause: error });
  } finally {
    await collected.stop();
  }
  return collected.items.slice(0, count);
}

/** What a message says, or why it says nothing. */
export const textOf = (message: Message): string => (message.kind === "content" ? message.content.text : `(${message.reason})`);
export const textsOf = (messages: readonly Message[]): string[] => messages.map(textOf);
