/** Every function that the vector files call, by its name. */
import type { VectorFunction } from "../format.js";
import { flowFunctions } from "./flows.js";
import { inboxFunctions } from "./inboxes.js";
import { keyFunctions } from "./keys.js";
import { suiteFunctions } from "./suite.js";

export const functions: Readonly<Record<string, VectorFunction>> = { ...suiteFunctions, ...keyFunctions, ...inboxFunctions, ...flowFunctions };
export type FunctionName = keyof typeof suiteFunctions | keyof typeof keyFunctions | keyof typeof inboxFunctions | keyof typeof flowFunctions;
