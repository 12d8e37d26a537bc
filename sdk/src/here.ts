/** The URL of this file, from which files beside the code are found. The CommonJS build puts `__filename` in its place. */
export const here: string = import.meta.url;
