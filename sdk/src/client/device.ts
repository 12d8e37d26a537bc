/** Whether, and where, a device keeps its session; what keeps it is loaded when it is called for. */
import { PosternError } from "../errors.js";
import type { Store } from "../store/store.js";
import type { DeviceSession, Whose } from "./device-session.js";
import type { ConnectOptions } from "./postern.js";

/** `own`: nobody else uses the store through this object. `session` is undefined unless this session is to be kept. */
export type Device = { readonly store: Store; readonly own: boolean; readonly session: DeviceSession | undefined };

const load = (): Promise<typeof import("./device-session.js")> => import("./device-session.js");

/** @throws PosternError INVALID_ARGUMENT for a store that cannot keep a session, or not for long enough */
export async function openDevice({ session, store }: ConnectOptions, used: Store, whose: Whose): Promise<Device> {
  const own = store === undefined;
  if (session !== "device") return { store: used, own, session: undefined };
  if (own && used.kind === "memory") throw new PosternError("INVALID_ARGUMENT", "A device session needs a store that outlives this process, such as fileStore().");
  return { store: used, own, session: new (await load()).DeviceSession(used, whose) };
}

/** Forgets the wallet's session on this device, whether or not it is this one. @throws PosternError STORE_FAILED */
export async function forgetDevice({ store, own }: Device, whose: Whose): Promise<void> {
  await (await load()).forgetDeviceSession(store, whose);
  if (own) await store.close?.();
}
