// Works on a file store until it is killed, and tells each change after it was acknowledged.
// node writer.mjs FOLDER sequence FIRST | node writer.mjs FOLDER count
import { writeSync } from "node:fs";
import { fileStore } from "../../../sdk/dist/esm/node/file-store.js";
import { operation } from "./operations.mjs";

const [folder, mode, first] = process.argv.slice(2);
const store = fileStore(folder);

if (mode === "sequence") {
  for (let i = Number(first); ; i++) {
    const { key, kind, value } = operation(i);
    if (kind === "delete") await store.delete(key);
    else if (kind === "set") await store.set(key, value);
    else if (!(await store.replace(key, await store.get(key), value))) throw new Error("someone else has changed it");
    writeSync(1, `${i}\n`);
  }
}
for (;;) {
  const current = await store.get("count");
  const next = new Uint8Array(4);
  new DataView(next.buffer).setUint32(0, (current ? new DataView(current.buffer).getUint32(0) : 0) + 1);
  if (await store.replace("count", current, next)) writeSync(1, "+\n");
}
