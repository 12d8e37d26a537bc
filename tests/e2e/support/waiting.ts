/** Waiting for what happens, never for time to pass. */
import type { Message } from "@postern/sdk";
import type { Connection } from "@solana/web3.js";

const WITHIN_MS = 15_000;
const INTERVAL_MS = 25;
/** It takes several transactions on either side. */
const CLOSED_WITHIN_MS = 60_000;
/** What happens without waiting happens before. */
const POLLS_PER_SKIP = 10;

/** Resolves with the first answer that is not undefined or false. */
export async function until<T>(condition: () => T | undefined | false | Promise<T | undefined | false>, what: string, withinMs = WITHIN_MS): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await condition();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`did not happen in ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
}

/** Like {@link until}, for what waits until no transaction of before can land any more: slots pass faster the while. */
export async function untilClosed(connection: Connection, condition: () => Promise<boolean>, what: string): Promise<void> {
  let polls = 0;
  await until(async () => {
    if (++polls % POLLS_PER_SKIP === 0) await skipSlots(connection, 200);
    return condition();
  }, what, CLOSED_WITHIN_MS);
}

/** The network goes on so many slots ahead. */
export async function skipSlots(connection: Connection, slots: number): Promise<void> {
  const { absoluteSlot } = await connection.getEpochInfo("confirmed");
  const response = await fetch(connection.rpcEndpoint, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "surfnet_timeTravel", params: [{ absoluteSlot: absoluteSlot + slots }] }),
  });
  const { error } = (await response.json()) as { error?: unknown };
  if (error !== undefined) throw new Error(`surfnet_timeTravel: ${JSON.stringify(error)}`);
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
