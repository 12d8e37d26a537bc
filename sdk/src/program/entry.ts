/** The entry point of `@postern/sdk/program`: the room, and the IDL, whose 30 kB the main entry does without. */
export { IDL, type Postern as PosternIdl } from "./generated/idl.js";
export * from "./index.js";
export { programErrorOf } from "./errors.js";
