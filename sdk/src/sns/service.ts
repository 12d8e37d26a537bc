/** What is loaded with the first name: of the library no more than this, so that bundlers leave the rest out. */
export { getMultiplePrimaryDomains, resolve, SNSError } from "@bonfida/spl-name-service";
