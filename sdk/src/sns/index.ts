/**
 * `.sol` names of the Solana Name Service in the place of addresses. Needs `@bonfida/spl-name-service` beside this package; it is loaded
 * with the first name that is looked for.
 *
 * @packageDocumentation
 */
export { snsNames, type SnsOptions } from "./names.js";
