/** Whether, and where, a device keeps its session; what keeps it is loaded when it is called for. */
import { PosternError } from "../errors.js";
import type { Profile } from "../program/index.js";
import type { Store } from "../store/store.js";
import type { Context } from "../sync/context.js";
import type { DeviceSession, Whose } from "./device-session.js";
import type { ConnectOptions } from "./postern.js";

/** `own`: nobody else uses the store through this object. `session` is undefined unless this session is to be kept. */
export type Device = { readonly store: Store; readonly own: boolean; readonly session: DeviceSession | undefined };

/** The record that names this wallet's stores under older roots; what is in it: `carry-over.ts`. */
export const OLDER_STORES = "older";

const load = (): Promise<typeof import("./device-session.js")> => import("./device-session.js");

/** @throws PosternError INVALID_ARGUMENT for a store that cannot keep a session, or not for long enough */
export async function openDevice({ session, store }: ConnectOptions, used: Store, whose: Whose): Promise<Device> {
  const own = store === undefined;
  if (session !== "device") return { store: used, own, session: undefined };
  if (own && used.kind === "memory") throw new PosternError("INVALID_ARGUMENT", "A device session needs a store that outlives this process, such as fileStore().");
  return { store: used, own, session: new (await load()).DeviceSession(used, whose) };
}

/**
 * Takes along what this device remembers under roots that were replaced: those that were unlocked as well (32 bytes each, wiped), that
 * of a session that ended with its root, and those that the store names.
 * @throws PosternError STORE_FAILED
 */
export async function recall(context: Context, { session }: Device, { olderStores, rootNumber, profile }: { olderStores: readonly Uint8Array[]; rootNumber: number; profile: Profile | undefined }): Promise<void> {
  // Of a newer root than the endpoint shows, the store is not named here: under this one others may be able to read.
  const former = session?.former && session.former.rootNumber <= rootNumber ? [session.former.storeSecret] : [];
  const older = [...olderStores, ...former];
  if (older.length === 0 && (await context.store.get(OLDER_STORES)) === undefined) return;
  try {
    await (await import("./seldom.js")).carryOver(context, { older, generation: profile?.currentGeneration });
  } finally {
    for (const secret of older) secret.fill(0);
  }
}

/** Forgets the wallet's session on this device, whether or not it is this one. @throws PosternError STORE_FAILED */
export async function forgetDevice({ store, own }: Device, whose: Whose): Promise<void> {
  await (await load()).forgetDeviceSession(store, whose);
  if (own) await store.close?.();
}
