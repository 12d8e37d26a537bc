/** Accounts of the Solana Name Service on a local network, byte for byte as its programs leave them; none of them is deployed there. */
import { sha256 } from "@noble/hashes/sha2.js";
import type { Localnet } from "@postern/sdk/localnet";
import { PublicKey } from "@solana/web3.js";

/** https://github.com/Bonfida/sns-sdk, `js/src/constants.ts` and `favorite-domain.ts`. */
export const NAME_PROGRAM = new PublicKey("namesLPneVptA9Z5rqUDD9tMTWEJwofgaYwp8cawRkX");
export const SOL_TLD = new PublicKey("58PwtjSDuFHuUkYjH9BYnnQKHfwo9reZhC2zMJv9JPkx");
const REVERSE_CLASS = new PublicKey("33m47vH6Eav6jr5Ry86XjhRft2jRBLDnDgPSHoquXi2Z");
const PRIMARY_PROGRAM = new PublicKey("85iDfUvr3HJyLM2zcq5BXSiDvUWfw6cSE1FfNBo8Ap29");
const NONE = PublicKey.default;
const RENT_LAMPORTS = 10_000_000;

/** A name account's address: https://github.com/solana-labs/solana-program-library/blob/master/name-service/program/src/state.rs */
export function nameAddress(name: string, parent: PublicKey = SOL_TLD, nameClass: PublicKey = NONE): PublicKey {
  const hashed = sha256(new TextEncoder().encode(`SPL Name Service${name}`));
  return PublicKey.findProgramAddressSync([hashed, nameClass.toBytes(), parent.toBytes()], NAME_PROGRAM)[0];
}
export const reverseAddress = (domain: PublicKey): PublicKey => nameAddress(domain.toBase58(), NONE, REVERSE_CLASS);
export const primaryAddress = (owner: PublicKey): PublicKey => PublicKey.findProgramAddressSync([new TextEncoder().encode("favourite_domain"), owner.toBytes()], PRIMARY_PROGRAM)[0];

export async function setAccount(net: Localnet, address: PublicKey, owner: PublicKey, data: Uint8Array): Promise<void> {
  const body = { jsonrpc: "2.0", id: 1, method: "surfnet_setAccount", params: [address.toBase58(), { data: Buffer.from(data).toString("hex"), lamports: RENT_LAMPORTS, owner: owner.toBase58(), executable: false }] };
  const answer = (await (await fetch(net.rpcUrl, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) })).json()) as { error?: { message: string } };
  if (answer.error) throw new Error(answer.error.message);
}

/** Parent, owner and class, then the data. */
export const registry = (owner: PublicKey, data: Uint8Array = new Uint8Array(0), parent: PublicKey = SOL_TLD, nameClass: PublicKey = NONE): Uint8Array =>
  Uint8Array.from([...parent.toBytes(), ...owner.toBytes(), ...nameClass.toBytes(), ...data]);

/** A name whose owner is that wallet. */
export function setName(net: Localnet, name: string, owner: PublicKey): Promise<void> {
  return setAccount(net, nameAddress(name), NAME_PROGRAM, registry(owner));
}

/** `said`: what the reverse account of a name says, which is another one where somebody lies. */
export async function setPrimary(net: Localnet, wallet: PublicKey, name: string, said: string = name): Promise<void> {
  const domain = nameAddress(name);
  const text = new TextEncoder().encode(said);
  await setAccount(net, reverseAddress(domain), NAME_PROGRAM, registry(NONE, Uint8Array.from([text.length, 0, 0, 0, ...text]), NONE, REVERSE_CLASS));
  await setAccount(net, primaryAddress(wallet), PRIMARY_PROGRAM, Uint8Array.from([1, ...domain.toBytes()]));
}
