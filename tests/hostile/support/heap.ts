/** What of some bytes is alive in this process, whoever holds it: private fields and closures hide nothing from the engine. */
import { Session } from "node:inspector/promises";

/** Runs where the engine's answer is: all byte arrays, and what to look for in hexadecimal. Looks at whole buffers, of which an array may show a part. */
const LOOK = `function (needles) {
  const all = [...new Set(this.filter(ArrayBuffer.isView).map(({ buffer }) => buffer))];
  const buffers = all.filter(({ byteLength }) => byteLength > 0).map((buffer) => Buffer.from(buffer)); // without those that were handed to somebody else
  const found = needles.filter((needle) => {
    const bytes = Buffer.alloc(needle.length / 2); // of its own: what Buffer.from and includes make of a text stays in their pool
    bytes.write(needle, "hex");
    const isFound = buffers.some((buffer) => buffer.includes(bytes));
    bytes.fill(0);
    return isFound;
  });
  return [buffers.length, found];
}`;

/** Which of these secrets, by name and in hexadecimal, stand in any byte array that has not been collected; and in how many was looked. */
export async function aliveInMemory(secrets: ReadonlyMap<string, string>): Promise<{ readonly names: string[]; readonly buffers: number }> {
  const inspector = new Session();
  inspector.connect();
  try {
    const { result: prototype } = await inspector.post("Runtime.evaluate", { expression: "Uint8Array.prototype" });
    const { objects } = await inspector.post("Runtime.queryObjects", { prototypeObjectId: prototype.objectId as string }); // after a full collection
    const { result, exceptionDetails } = await inspector.post("Runtime.callFunctionOn", {
      objectId: objects.objectId as string, functionDeclaration: LOOK, arguments: [{ value: [...secrets.values()] }], returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    const [buffers, found] = result.value as [number, string[]];
    return { buffers, names: [...secrets].flatMap(([name, hex]) => (found.includes(hex) ? [name] : [])) };
  } finally {
    inspector.disconnect();
  }
}
