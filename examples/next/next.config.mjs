import { fileURLToPath } from "node:url";

// The SDK lies outside of this folder, in the clone that it is an example of. An app that has it from npm needs no setting at all.
const root = fileURLToPath(new URL("../..", import.meta.url));

export default { turbopack: { root }, outputFileTracingRoot: root };
