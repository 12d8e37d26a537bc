/** The second endpoint that an app passes in. Apart from the other options: who opens a connection alone loads nothing that a witness needs. */
import type { Connection } from "../net/connection.js";
import type { Witness, WitnessParts } from "../sync/witness.js";
import { openConnection } from "./options.js";

/** @throws PosternError INVALID_ARGUMENT, WRONG_CLUSTER */
export async function openWitness(connection: Connection | string | undefined, parts: WitnessParts): Promise<Witness | undefined> {
  if (connection === undefined) return undefined;
  const { Witness } = await import("../sync/witness.js");
  return Witness.open(openConnection(connection, parts.rpc.commitment, parts.ending), parts);
}
