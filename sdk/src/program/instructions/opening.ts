/** What both ways of opening an inbox share. */
import { inboxAddress, SYSTEM_PROGRAM, type Address } from "../address.js";
import { readonly, signer, writable, writableSigner, type AccountRole, type DataWriter } from "../instruction.js";

export type OpeningInput = {
  readonly program: Address;
  /** Pays the rent; may be the writer. */
  readonly payer: Address;
  readonly writer: Address;
  readonly index: number;
  /** Bytes of the ring, 256 to 9,796. */
  readonly capacity: number;
  /** A full ring drops its oldest frame though nobody has acknowledged it. */
  readonly overwrite?: boolean;
  /** 16 bytes, new for every life of the address. */
  readonly openSalt: Uint8Array;
  /** Where rent and held postage go at the end. */
  readonly refund: Address;
  /** 120 bytes. */
  readonly ownerBox: Uint8Array;
};

export function openingAccounts(input: OpeningInput, between: readonly AccountRole[]): AccountRole[] {
  const inbox = inboxAddress(input.writer, input.index, input.program);
  return [writableSigner(input.payer), signer(input.writer), writable(inbox), ...between, readonly(SYSTEM_PROGRAM)];
}

export function writeOpening(data: DataWriter, input: OpeningInput): DataWriter {
  return data
    .u32(input.index, "index")
    .u32(input.capacity, "capacity")
    .u8(input.overwrite === true ? 1 : 0, "flags")
    .array(input.openSalt, 16, "openSalt")
    .address(input.refund);
}
