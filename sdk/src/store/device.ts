/** What works on a store once a wallet connects. Imported when one does, so that a page can start without it. */
export { sealedStore } from "./sealed.js";
export { scopedStore, update } from "./store.js";
