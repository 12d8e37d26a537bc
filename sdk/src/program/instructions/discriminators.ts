/** The first byte of every instruction's data, in the order of the program's enum. Append-only. */
export const DISCRIMINATOR = {
  post: 0,
  acknowledge: 1,
  openRequest: 2,
  openInbox: 3,
  accept: 4,
  decline: 5,
  resizeInbox: 6,
  closeInbox: 7,
  createProfile: 8,
  updateProfile: 9,
  closeProfile: 10,
  createKeyBundle: 11,
  writeKeyBundle: 12,
  activateKeyBundle: 13,
  closeKeyBundle: 14,
} as const;
