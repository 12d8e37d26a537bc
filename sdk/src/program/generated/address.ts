// Made from the program by `npm run build:program`; do not edit.

/** The address that the program declares as its own, in base58. */
export const PROGRAM_ADDRESS = "PswPdae8L9VqJMjRAAdEocq2tgvNboQ9xZpce3EFv1W";
