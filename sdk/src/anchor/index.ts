export { posternProgram, type Postern } from "./program.js";
