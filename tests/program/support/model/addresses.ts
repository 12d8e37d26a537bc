/** Addresses by their seeds; each is searched for once. */
import { PROGRAM_ADDRESS, inboxAddress, keyBundleAddress, profileAddress, type Address } from "../../../../sdk/src/program/index.js";

const found = new Map<string, Address>();

function once(name: string, find: () => Address): Address {
  const address = found.get(name) ?? find();
  found.set(name, address);
  return address;
}

export const profileAt = (wallet: Address): Address => once(wallet, () => profileAddress(wallet, PROGRAM_ADDRESS));
export const bundleAt = (wallet: Address, generation: number): Address => once(`${wallet} key ${generation}`, () => keyBundleAddress(wallet, generation, PROGRAM_ADDRESS));
export const inboxAt = (writer: Address, index: number): Address => once(`${writer} inbox ${index}`, () => inboxAddress(writer, index, PROGRAM_ADDRESS));
