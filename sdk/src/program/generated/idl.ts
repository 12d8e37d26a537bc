// Made from the program by `npm run build:program`; do not edit.

/** The program's IDL, in camelCase, as a type: Anchor's `Program<Postern>`. The IDL itself is {@link IDL}. */
export type Postern = {
  "address": "PswPdae8L9VqJMjRAAdEocq2tgvNboQ9xZpce3EFv1W",
  "metadata": {
    "name": "postern",
    "version": "0.1.0",
    "spec": "0.1.0",
    "description": "Postern: end-to-end encrypted, wallet-to-wallet messages in per-conversation inbox accounts"
  },
  "instructions": [
    {
      "name": "accept",
      "discriminator": [
        4
      ],
      "accounts": [
        {
          "name": "signer",
          "signer": true
        },
        {
          "name": "profile"
        },
        {
          "name": "inbox",
          "writable": true
        },
        {
          "name": "wallet",
          "writable": true
        }
      ],
      "args": [
        {
          "name": "reader",
          "type": "pubkey"
        },
        {
          "name": "reply",
          "type": {
            "array": [
              "u8",
              60
            ]
          }
        }
      ]
    },
    {
      "name": "acknowledge",
      "discriminator": [
        1
      ],
      "accounts": [
        {
          "name": "reader",
          "signer": true
        },
        {
          "name": "inbox",
          "writable": true
        }
      ],
      "args": [
        {
          "name": "upto",
          "type": "u32"
        }
      ]
    },
    {
      "name": "activateKeyBundle",
      "discriminator": [
        13
      ],
      "accounts": [
        {
          "name": "delegate",
          "signer": true
        },
        {
          "name": "profile",
          "writable": true
        },
        {
          "name": "bundle",
          "writable": true
        }
      ],
      "args": []
    },
    {
      "name": "closeInbox",
      "discriminator": [
        7
      ],
      "accounts": [
        {
          "name": "closer",
          "signer": true
        },
        {
          "name": "refund",
          "writable": true
        },
        {
          "name": "inbox",
          "writable": true
        }
      ],
      "args": [
        {
          "name": "expectedNext",
          "type": "u32"
        }
      ]
    },
    {
      "name": "closeKeyBundle",
      "discriminator": [
        14
      ],
      "accounts": [
        {
          "name": "signer",
          "signer": true
        },
        {
          "name": "profile",
          "writable": true
        },
        {
          "name": "bundle",
          "writable": true
        },
        {
          "name": "refund",
          "writable": true
        }
      ],
      "args": []
    },
    {
      "name": "closeProfile",
      "discriminator": [
        10
      ],
      "accounts": [
        {
          "name": "wallet",
          "signer": true
        },
        {
          "name": "profile",
          "writable": true
        },
        {
          "name": "refund",
          "writable": true
        },
        {
          "name": "bundle",
          "writable": true,
          "optional": true
        },
        {
          "name": "bundleRefund",
          "writable": true,
          "optional": true
        }
      ],
      "args": []
    },
    {
      "name": "createKeyBundle",
      "discriminator": [
        11
      ],
      "accounts": [
        {
          "name": "payer",
          "writable": true,
          "signer": true
        },
        {
          "name": "wallet",
          "signer": true
        },
        {
          "name": "profile",
          "writable": true
        },
        {
          "name": "bundle",
          "writable": true
        },
        {
          "name": "systemProgram",
          "address": "11111111111111111111111111111111"
        }
      ],
      "args": [
        {
          "name": "card",
          "type": {
            "array": [
              "u8",
              142
            ]
          }
        },
        {
          "name": "certificate",
          "type": {
            "array": [
              "u8",
              64
            ]
          }
        },
        {
          "name": "refund",
          "type": "pubkey"
        }
      ]
    },
    {
      "name": "createProfile",
      "discriminator": [
        8
      ],
      "accounts": [
        {
          "name": "payer",
          "writable": true,
          "signer": true
        },
        {
          "name": "wallet",
          "signer": true
        },
        {
          "name": "profile",
          "writable": true,
          "pda": {
            "seeds": [
              {
                "kind": "const",
                "value": [
                  112,
                  114,
                  111,
                  102,
                  105,
                  108,
                  101
                ]
              },
              {
                "kind": "account",
                "path": "wallet"
              }
            ]
          }
        },
        {
          "name": "systemProgram",
          "address": "11111111111111111111111111111111"
        }
      ],
      "args": [
        {
          "name": "delegate",
          "type": "pubkey"
        },
        {
          "name": "rootNumber",
          "type": "u32"
        },
        {
          "name": "rootKind",
          "type": "u8"
        },
        {
          "name": "policy",
          "type": "u8"
        },
        {
          "name": "postage",
          "type": "u64"
        },
        {
          "name": "refund",
          "type": "pubkey"
        }
      ]
    },
    {
      "name": "decline",
      "discriminator": [
        5
      ],
      "accounts": [
        {
          "name": "signer",
          "signer": true
        },
        {
          "name": "profile"
        },
        {
          "name": "inbox",
          "writable": true
        },
        {
          "name": "wallet",
          "writable": true
        }
      ],
      "args": []
    },
    {
      "name": "openInbox",
      "discriminator": [
        3
      ],
      "accounts": [
        {
          "name": "payer",
          "writable": true,
          "signer": true
        },
        {
          "name": "writer",
          "signer": true
        },
        {
          "name": "inbox",
          "writable": true,
          "pda": {
            "seeds": [
              {
                "kind": "const",
                "value": [
                  105,
                  110,
                  98,
                  111,
                  120
                ]
              },
              {
                "kind": "account",
                "path": "writer"
              },
              {
                "kind": "arg",
                "path": "index"
              }
            ]
          }
        },
        {
          "name": "systemProgram",
          "address": "11111111111111111111111111111111"
        }
      ],
      "args": [
        {
          "name": "index",
          "type": "u32"
        },
        {
          "name": "capacity",
          "type": "u32"
        },
        {
          "name": "flags",
          "type": "u8"
        },
        {
          "name": "openSalt",
          "type": {
            "array": [
              "u8",
              16
            ]
          }
        },
        {
          "name": "refund",
          "type": "pubkey"
        },
        {
          "name": "reader",
          "type": "pubkey"
        },
        {
          "name": "ownerBox",
          "type": {
            "array": [
              "u8",
              120
            ]
          }
        }
      ]
    },
    {
      "name": "openRequest",
      "discriminator": [
        2
      ],
      "accounts": [
        {
          "name": "payer",
          "writable": true,
          "signer": true
        },
        {
          "name": "writer",
          "signer": true
        },
        {
          "name": "inbox",
          "writable": true,
          "pda": {
            "seeds": [
              {
                "kind": "const",
                "value": [
                  105,
                  110,
                  98,
                  111,
                  120
                ]
              },
              {
                "kind": "account",
                "path": "writer"
              },
              {
                "kind": "arg",
                "path": "index"
              }
            ]
          }
        },
        {
          "name": "recipientProfile",
          "writable": true
        },
        {
          "name": "systemProgram",
          "address": "11111111111111111111111111111111"
        }
      ],
      "args": [
        {
          "name": "index",
          "type": "u32"
        },
        {
          "name": "capacity",
          "type": "u32"
        },
        {
          "name": "flags",
          "type": "u8"
        },
        {
          "name": "openSalt",
          "type": {
            "array": [
              "u8",
              16
            ]
          }
        },
        {
          "name": "refund",
          "type": "pubkey"
        },
        {
          "name": "maxPostage",
          "type": "u64"
        },
        {
          "name": "ownerBox",
          "type": {
            "array": [
              "u8",
              120
            ]
          }
        }
      ]
    },
    {
      "name": "post",
      "discriminator": [
        0
      ],
      "accounts": [
        {
          "name": "writer",
          "signer": true
        },
        {
          "name": "inbox",
          "writable": true
        }
      ],
      "args": [
        {
          "name": "expectedSeq",
          "type": "u32"
        },
        {
          "name": "payload",
          "type": "bytes"
        }
      ]
    },
    {
      "name": "resizeInbox",
      "discriminator": [
        6
      ],
      "accounts": [
        {
          "name": "payer",
          "writable": true,
          "signer": true
        },
        {
          "name": "writer",
          "signer": true
        },
        {
          "name": "inbox",
          "writable": true
        },
        {
          "name": "refund",
          "writable": true
        },
        {
          "name": "systemProgram",
          "address": "11111111111111111111111111111111"
        }
      ],
      "args": [
        {
          "name": "capacity",
          "type": "u32"
        },
        {
          "name": "expectedNext",
          "type": "u32"
        }
      ]
    },
    {
      "name": "updateProfile",
      "discriminator": [
        9
      ],
      "accounts": [
        {
          "name": "signer",
          "signer": true
        },
        {
          "name": "profile",
          "writable": true
        }
      ],
      "args": [
        {
          "name": "delegate",
          "type": {
            "option": "pubkey"
          }
        },
        {
          "name": "rootNumber",
          "type": {
            "option": "u32"
          }
        },
        {
          "name": "rootKind",
          "type": {
            "option": "u8"
          }
        },
        {
          "name": "policy",
          "type": {
            "option": "u8"
          }
        },
        {
          "name": "postage",
          "type": {
            "option": "u64"
          }
        }
      ]
    },
    {
      "name": "writeKeyBundle",
      "discriminator": [
        12
      ],
      "accounts": [
        {
          "name": "delegate",
          "signer": true
        },
        {
          "name": "bundle",
          "writable": true
        }
      ],
      "args": [
        {
          "name": "offset",
          "type": "u16"
        },
        {
          "name": "chunk",
          "type": "bytes"
        }
      ]
    }
  ],
  "accounts": [
    {
      "name": "inbox",
      "discriminator": [
        41,
        120,
        76,
        139,
        162,
        162,
        166,
        244
      ]
    },
    {
      "name": "keyBundle",
      "discriminator": [
        166,
        86,
        217,
        246,
        111,
        90,
        63,
        98
      ]
    },
    {
      "name": "profile",
      "discriminator": [
        184,
        101,
        165,
        188,
        95,
        63,
        127,
        188
      ]
    }
  ],
  "errors": [
    {
      "code": 6000,
      "name": "notWriter",
      "msg": "The signer is not this inbox's writer. Sign with the key that opened it."
    },
    {
      "code": 6001,
      "name": "notReader",
      "msg": "The signer is not this inbox's reader, or the reader given is all zeroes. Use the key named when it was accepted or opened."
    },
    {
      "code": 6002,
      "name": "notRecipient",
      "msg": "The signer is neither the wallet this inbox is addressed to nor its delegate. Answer with the recipient's keys and profile."
    },
    {
      "code": 6003,
      "name": "notOwner",
      "msg": "Only the wallet may do this. Sign with the profile's wallet."
    },
    {
      "code": 6004,
      "name": "notDelegate",
      "msg": "The signer is not the delegate that the card names, or the delegate given is all zeroes. Use the delegate's key."
    },
    {
      "code": 6005,
      "name": "sequenceMismatch",
      "msg": "The inbox has moved on. Read it again and use its present next sequence number; 2^32 - 1 frames are the end of an inbox."
    },
    {
      "code": 6006,
      "name": "payloadTooLarge",
      "msg": "The payload can never fit in this ring. Split it, or grow the inbox."
    },
    {
      "code": 6007,
      "name": "inboxFull",
      "msg": "The ring is full of frames that have not been acknowledged. Wait for the reader, or grow the inbox."
    },
    {
      "code": 6008,
      "name": "declined",
      "msg": "The recipient declined this request. Close the inbox to get the rent back."
    },
    {
      "code": 6009,
      "name": "notARequest",
      "msg": "This inbox is not a request any more. Read it again."
    },
    {
      "code": 6010,
      "name": "notOpen",
      "msg": "This inbox is not open. Wait until the recipient accepts it."
    },
    {
      "code": 6011,
      "name": "badAcknowledge",
      "msg": "An acknowledgement moves forward only, and not past the last frame. Read the inbox again."
    },
    {
      "code": 6012,
      "name": "badCapacity",
      "msg": "The ring cannot have this capacity. Stay within the limits, grow by at most 10,240 bytes, and shrink only what is acknowledged."
    },
    {
      "code": 6013,
      "name": "closeTooEarly",
      "msg": "Too early to close: an open inbox must be acknowledged to the end or silent for 30 days, a request 14 days old."
    },
    {
      "code": 6014,
      "name": "policyClosed",
      "msg": "The recipient takes no requests. Reach them some other way."
    },
    {
      "code": 6015,
      "name": "postageTooHigh",
      "msg": "The recipient asks for more postage than agreed to. Read the profile again and agree to its postage."
    },
    {
      "code": 6016,
      "name": "noActiveKeys",
      "msg": "The recipient has no activated keys. Ask them to finish registering."
    },
    {
      "code": 6017,
      "name": "wrongRefund",
      "msg": "Lamports go to the recorded refund address alone, which is neither zero, nor this program, nor an account that closes together with it. Pass that address."
    },
    {
      "code": 6018,
      "name": "wrongAddress",
      "msg": "The account is not the one that belongs here. Derive its address again from its seeds."
    },
    {
      "code": 6019,
      "name": "unsupportedVersion",
      "msg": "The account was written by another version of this program. Use a client that knows it."
    },
    {
      "code": 6020,
      "name": "badFlags",
      "msg": "Unknown flags. Only bit 0, overwrite, has a meaning."
    },
    {
      "code": 6021,
      "name": "badPolicy",
      "msg": "Unknown contact policy. Use 0 open, 1 postage or 2 closed."
    },
    {
      "code": 6022,
      "name": "badRoot",
      "msg": "Root numbers count from 1, and a root's kind is 1 wallet, 2 vault or 3 given."
    },
    {
      "code": 6023,
      "name": "badCard",
      "msg": "The card is malformed, expires before it starts, or names another wallet. Make a new one."
    },
    {
      "code": 6024,
      "name": "wrongGeneration",
      "msg": "The card's generation is not the profile's next one, or past 65,535. Read the profile again."
    },
    {
      "code": 6025,
      "name": "chunkOutOfOrder",
      "msg": "Chunks come in order. Go on at the bundle's number of written bytes."
    },
    {
      "code": 6026,
      "name": "chunkTooLong",
      "msg": "The chunk runs past the end of the key. Send only what is missing."
    },
    {
      "code": 6027,
      "name": "bundleIncomplete",
      "msg": "The key is not complete. Write the rest of it first."
    },
    {
      "code": 6028,
      "name": "keyHashMismatch",
      "msg": "The key that was written is not the one the card names. Close this bundle and create the next generation."
    },
    {
      "code": 6029,
      "name": "bundleActivated",
      "msg": "An activated bundle is immutable. Create the next generation."
    },
    {
      "code": 6030,
      "name": "bundleSuperseded",
      "msg": "A later generation is active already. Create the next generation."
    },
    {
      "code": 6031,
      "name": "bundleInUse",
      "msg": "The current generation's bundle stays while the profile does. Activate a later one, or close the profile."
    },
    {
      "code": 6032,
      "name": "bundlesRemain",
      "msg": "The profile still has key bundles besides the current one. Close them first."
    },
    {
      "code": 6033,
      "name": "invalidClock",
      "msg": "The cluster's clock is outside 1970 to 2106. Try again later."
    },
    {
      "code": 6034,
      "name": "corruptAccount",
      "msg": "The account contradicts itself. Do not use it, and report it."
    }
  ],
  "types": [
    {
      "name": "inbox",
      "serialization": "bytemuck",
      "repr": {
        "kind": "c"
      },
      "type": {
        "kind": "struct",
        "fields": [
          {
            "name": "version",
            "type": "u8"
          },
          {
            "name": "state",
            "type": "u8"
          },
          {
            "name": "flags",
            "type": "u8"
          },
          {
            "name": "bump",
            "type": "u8"
          },
          {
            "name": "index",
            "type": "u32"
          },
          {
            "name": "head",
            "type": {
              "array": [
                "u8",
                32
              ]
            }
          },
          {
            "name": "next",
            "type": "u32"
          },
          {
            "name": "lastTime",
            "type": "u32"
          },
          {
            "name": "first",
            "type": "u32"
          },
          {
            "name": "acknowledged",
            "type": "u32"
          },
          {
            "name": "tail",
            "type": "u32"
          },
          {
            "name": "used",
            "type": "u32"
          },
          {
            "name": "openedSlot",
            "type": "u64"
          },
          {
            "name": "postage",
            "type": "u64"
          },
          {
            "name": "openedTime",
            "type": "u32"
          },
          {
            "name": "writer",
            "type": "pubkey"
          },
          {
            "name": "reader",
            "type": "pubkey"
          },
          {
            "name": "recipient",
            "type": "pubkey"
          },
          {
            "name": "refund",
            "type": "pubkey"
          },
          {
            "name": "reply",
            "type": {
              "array": [
                "u8",
                60
              ]
            }
          },
          {
            "name": "openSalt",
            "type": {
              "array": [
                "u8",
                16
              ]
            }
          },
          {
            "name": "ownerBox",
            "type": {
              "array": [
                "u8",
                120
              ]
            }
          },
          {
            "name": "reserved",
            "type": {
              "array": [
                "u8",
                24
              ]
            }
          }
        ]
      }
    },
    {
      "name": "keyBundle",
      "serialization": "bytemuck",
      "repr": {
        "kind": "c"
      },
      "type": {
        "kind": "struct",
        "fields": [
          {
            "name": "version",
            "type": "u8"
          },
          {
            "name": "state",
            "type": "u8"
          },
          {
            "name": "bump",
            "type": "u8"
          },
          {
            "name": "reservedA",
            "type": "u8"
          },
          {
            "name": "written",
            "type": "u16"
          },
          {
            "name": "card",
            "type": {
              "array": [
                "u8",
                142
              ]
            }
          },
          {
            "name": "certificate",
            "type": {
              "array": [
                "u8",
                64
              ]
            }
          },
          {
            "name": "refund",
            "type": "pubkey"
          },
          {
            "name": "xWing",
            "type": {
              "array": [
                "u8",
                1216
              ]
            }
          },
          {
            "name": "reserved",
            "type": {
              "array": [
                "u8",
                20
              ]
            }
          }
        ]
      }
    },
    {
      "name": "profile",
      "serialization": "bytemuck",
      "repr": {
        "kind": "c"
      },
      "type": {
        "kind": "struct",
        "fields": [
          {
            "name": "version",
            "type": "u8"
          },
          {
            "name": "policy",
            "type": "u8"
          },
          {
            "name": "rootKind",
            "type": "u8"
          },
          {
            "name": "bump",
            "type": "u8"
          },
          {
            "name": "rootNumber",
            "type": "u32"
          },
          {
            "name": "currentGeneration",
            "type": "u32"
          },
          {
            "name": "nextGeneration",
            "type": "u32"
          },
          {
            "name": "bundles",
            "type": "u32"
          },
          {
            "name": "reservedA",
            "type": {
              "array": [
                "u8",
                4
              ]
            }
          },
          {
            "name": "requests",
            "type": "u64"
          },
          {
            "name": "postage",
            "type": "u64"
          },
          {
            "name": "wallet",
            "type": "pubkey"
          },
          {
            "name": "delegate",
            "type": "pubkey"
          },
          {
            "name": "refund",
            "type": "pubkey"
          },
          {
            "name": "recent",
            "type": {
              "array": [
                {
                  "array": [
                    "u8",
                    32
                  ]
                },
                8
              ]
            }
          },
          {
            "name": "reserved",
            "type": {
              "array": [
                "u8",
                32
              ]
            }
          }
        ]
      }
    }
  ]
};

/** The program's IDL as Anchor made it: what Anchor's `Program` takes, and what is published on chain. */
export const IDL = {
  "address": "PswPdae8L9VqJMjRAAdEocq2tgvNboQ9xZpce3EFv1W",
  "metadata": {
    "name": "postern",
    "version": "0.1.0",
    "spec": "0.1.0",
    "description": "Postern: end-to-end encrypted, wallet-to-wallet messages in per-conversation inbox accounts"
  },
  "instructions": [
    {
      "name": "accept",
      "docs": [
        "Takes a request: names its reader, and where the answer is. Signed by the recipient's wallet or delegate."
      ],
      "discriminator": [
        4
      ],
      "accounts": [
        {
          "name": "signer",
          "docs": [
            "The recipient's wallet or its delegate."
          ],
          "signer": true
        },
        {
          "name": "profile"
        },
        {
          "name": "inbox",
          "writable": true
        },
        {
          "name": "wallet",
          "docs": [
            "The recipient's wallet, which gets the postage. The runtime refuses to leave it with less than the rent of an",
            "empty account: a wallet without lamports must be funded first."
          ],
          "writable": true
        }
      ],
      "args": [
        {
          "name": "reader",
          "type": "pubkey"
        },
        {
          "name": "reply",
          "type": {
            "array": [
              "u8",
              60
            ]
          }
        }
      ]
    },
    {
      "name": "acknowledge",
      "docs": [
        "Every frame below `upto` has been read. Signed by the reader."
      ],
      "discriminator": [
        1
      ],
      "accounts": [
        {
          "name": "reader",
          "signer": true
        },
        {
          "name": "inbox",
          "writable": true
        }
      ],
      "args": [
        {
          "name": "upto",
          "type": "u32"
        }
      ]
    },
    {
      "name": "activate_key_bundle",
      "docs": [
        "Makes a complete bundle the profile's current one. Signed by the card's delegate."
      ],
      "discriminator": [
        13
      ],
      "accounts": [
        {
          "name": "delegate",
          "docs": [
            "The card's delegate."
          ],
          "signer": true
        },
        {
          "name": "profile",
          "writable": true
        },
        {
          "name": "bundle",
          "writable": true
        }
      ],
      "args": []
    },
    {
      "name": "close_inbox",
      "docs": [
        "Closes an inbox; everything it holds goes to its refund address. Signed by the writer or the refund address, for a",
        "declined one by anyone."
      ],
      "discriminator": [
        7
      ],
      "accounts": [
        {
          "name": "closer",
          "signer": true
        },
        {
          "name": "refund",
          "docs": [
            "The recorded refund address, which gets everything."
          ],
          "writable": true
        },
        {
          "name": "inbox",
          "writable": true
        }
      ],
      "args": [
        {
          "name": "expected_next",
          "type": "u32"
        }
      ]
    },
    {
      "name": "close_key_bundle",
      "docs": [
        "Closes any bundle but the current one. Signed by the wallet."
      ],
      "discriminator": [
        14
      ],
      "accounts": [
        {
          "name": "signer",
          "docs": [
            "The profile's wallet."
          ],
          "signer": true
        },
        {
          "name": "profile",
          "writable": true
        },
        {
          "name": "bundle",
          "writable": true
        },
        {
          "name": "refund",
          "docs": [
            "The bundle's refund address."
          ],
          "writable": true
        }
      ],
      "args": []
    },
    {
      "name": "close_profile",
      "docs": [
        "Closes a profile and its current key bundle, the only one left. Signed by the wallet."
      ],
      "discriminator": [
        10
      ],
      "accounts": [
        {
          "name": "wallet",
          "signer": true
        },
        {
          "name": "profile",
          "writable": true
        },
        {
          "name": "refund",
          "docs": [
            "The profile's refund address."
          ],
          "writable": true
        },
        {
          "name": "bundle",
          "docs": [
            "The current generation's bundle; none when there is no current generation."
          ],
          "writable": true,
          "optional": true
        },
        {
          "name": "bundle_refund",
          "docs": [
            "That bundle's refund address; none without a bundle."
          ],
          "writable": true,
          "optional": true
        }
      ],
      "args": []
    },
    {
      "name": "create_key_bundle",
      "docs": [
        "Publishes the card of the next generation. Signed by payer and wallet."
      ],
      "discriminator": [
        11
      ],
      "accounts": [
        {
          "name": "payer",
          "docs": [
            "Pays the rent. May be the wallet."
          ],
          "writable": true,
          "signer": true
        },
        {
          "name": "wallet",
          "signer": true
        },
        {
          "name": "profile",
          "writable": true
        },
        {
          "name": "bundle",
          "docs": [
            "Made here, at the address that the wallet and the card's generation derive."
          ],
          "writable": true
        },
        {
          "name": "system_program",
          "address": "11111111111111111111111111111111"
        }
      ],
      "args": [
        {
          "name": "card",
          "type": {
            "array": [
              "u8",
              142
            ]
          }
        },
        {
          "name": "certificate",
          "type": {
            "array": [
              "u8",
              64
            ]
          }
        },
        {
          "name": "refund",
          "type": "pubkey"
        }
      ]
    },
    {
      "name": "create_profile",
      "docs": [
        "Registers a wallet. Signed by payer and wallet."
      ],
      "discriminator": [
        8
      ],
      "accounts": [
        {
          "name": "payer",
          "docs": [
            "Pays the rent. May be the wallet."
          ],
          "writable": true,
          "signer": true
        },
        {
          "name": "wallet",
          "signer": true
        },
        {
          "name": "profile",
          "docs": [
            "Made here, at the address that the wallet derives."
          ],
          "writable": true,
          "pda": {
            "seeds": [
              {
                "kind": "const",
                "value": [
                  112,
                  114,
                  111,
                  102,
                  105,
                  108,
                  101
                ]
              },
              {
                "kind": "account",
                "path": "wallet"
              }
            ]
          }
        },
        {
          "name": "system_program",
          "address": "11111111111111111111111111111111"
        }
      ],
      "args": [
        {
          "name": "delegate",
          "type": "pubkey"
        },
        {
          "name": "root_number",
          "type": "u32"
        },
        {
          "name": "root_kind",
          "type": "u8"
        },
        {
          "name": "policy",
          "type": "u8"
        },
        {
          "name": "postage",
          "type": "u64"
        },
        {
          "name": "refund",
          "type": "pubkey"
        }
      ]
    },
    {
      "name": "decline",
      "docs": [
        "Refuses a request. Signed by the recipient's wallet or delegate."
      ],
      "discriminator": [
        5
      ],
      "accounts": [
        {
          "name": "signer",
          "docs": [
            "The recipient's wallet or its delegate."
          ],
          "signer": true
        },
        {
          "name": "profile"
        },
        {
          "name": "inbox",
          "writable": true
        },
        {
          "name": "wallet",
          "docs": [
            "The recipient's wallet, which gets the postage. The runtime refuses to leave it with less than the rent of an",
            "empty account: a wallet without lamports must be funded first."
          ],
          "writable": true
        }
      ],
      "args": []
    },
    {
      "name": "open_inbox",
      "docs": [
        "Opens an inbox that nobody has to accept. Signed by payer and writer."
      ],
      "discriminator": [
        3
      ],
      "accounts": [
        {
          "name": "payer",
          "docs": [
            "Pays the rent. May be the writer."
          ],
          "writable": true,
          "signer": true
        },
        {
          "name": "writer",
          "signer": true
        },
        {
          "name": "inbox",
          "docs": [
            "Made here, at the address that writer and index derive."
          ],
          "writable": true,
          "pda": {
            "seeds": [
              {
                "kind": "const",
                "value": [
                  105,
                  110,
                  98,
                  111,
                  120
                ]
              },
              {
                "kind": "account",
                "path": "writer"
              },
              {
                "kind": "arg",
                "path": "index"
              }
            ]
          }
        },
        {
          "name": "system_program",
          "address": "11111111111111111111111111111111"
        }
      ],
      "args": [
        {
          "name": "index",
          "type": "u32"
        },
        {
          "name": "capacity",
          "type": "u32"
        },
        {
          "name": "flags",
          "type": "u8"
        },
        {
          "name": "open_salt",
          "type": {
            "array": [
              "u8",
              16
            ]
          }
        },
        {
          "name": "refund",
          "type": "pubkey"
        },
        {
          "name": "reader",
          "type": "pubkey"
        },
        {
          "name": "owner_box",
          "type": {
            "array": [
              "u8",
              120
            ]
          }
        }
      ]
    },
    {
      "name": "open_request",
      "docs": [
        "Opens an inbox addressed to a wallet, as a request. Signed by payer and writer."
      ],
      "discriminator": [
        2
      ],
      "accounts": [
        {
          "name": "payer",
          "docs": [
            "Pays the rent and the postage. May be the writer."
          ],
          "writable": true,
          "signer": true
        },
        {
          "name": "writer",
          "signer": true
        },
        {
          "name": "inbox",
          "docs": [
            "Made here, at the address that writer and index derive."
          ],
          "writable": true,
          "pda": {
            "seeds": [
              {
                "kind": "const",
                "value": [
                  105,
                  110,
                  98,
                  111,
                  120
                ]
              },
              {
                "kind": "account",
                "path": "writer"
              },
              {
                "kind": "arg",
                "path": "index"
              }
            ]
          }
        },
        {
          "name": "recipient_profile",
          "docs": [
            "Owner and type prove it: a profile is made only at its own address with its wallet's signature."
          ],
          "writable": true
        },
        {
          "name": "system_program",
          "address": "11111111111111111111111111111111"
        }
      ],
      "args": [
        {
          "name": "index",
          "type": "u32"
        },
        {
          "name": "capacity",
          "type": "u32"
        },
        {
          "name": "flags",
          "type": "u8"
        },
        {
          "name": "open_salt",
          "type": {
            "array": [
              "u8",
              16
            ]
          }
        },
        {
          "name": "refund",
          "type": "pubkey"
        },
        {
          "name": "max_postage",
          "type": "u64"
        },
        {
          "name": "owner_box",
          "type": {
            "array": [
              "u8",
              120
            ]
          }
        }
      ]
    },
    {
      "name": "post",
      "docs": [
        "Appends a frame. Signed by the writer."
      ],
      "discriminator": [
        0
      ],
      "accounts": [
        {
          "name": "writer",
          "signer": true
        },
        {
          "name": "inbox",
          "writable": true
        }
      ],
      "args": [
        {
          "name": "expected_seq",
          "type": "u32"
        },
        {
          "name": "payload",
          "type": "bytes"
        }
      ]
    },
    {
      "name": "resize_inbox",
      "docs": [
        "Grows or shrinks the ring. Signed by payer and writer."
      ],
      "discriminator": [
        6
      ],
      "accounts": [
        {
          "name": "payer",
          "docs": [
            "Pays for growth. May be the writer."
          ],
          "writable": true,
          "signer": true
        },
        {
          "name": "writer",
          "signer": true
        },
        {
          "name": "inbox",
          "writable": true
        },
        {
          "name": "refund",
          "docs": [
            "The recorded refund address, which gets what shrinking frees."
          ],
          "writable": true
        },
        {
          "name": "system_program",
          "address": "11111111111111111111111111111111"
        }
      ],
      "args": [
        {
          "name": "capacity",
          "type": "u32"
        },
        {
          "name": "expected_next",
          "type": "u32"
        }
      ]
    },
    {
      "name": "update_profile",
      "docs": [
        "Changes what is given. Signed by the wallet; for policy and postage alone, the delegate will do."
      ],
      "discriminator": [
        9
      ],
      "accounts": [
        {
          "name": "signer",
          "docs": [
            "The wallet; its delegate for policy and postage."
          ],
          "signer": true
        },
        {
          "name": "profile",
          "writable": true
        }
      ],
      "args": [
        {
          "name": "delegate",
          "type": {
            "option": "pubkey"
          }
        },
        {
          "name": "root_number",
          "type": {
            "option": "u32"
          }
        },
        {
          "name": "root_kind",
          "type": {
            "option": "u8"
          }
        },
        {
          "name": "policy",
          "type": {
            "option": "u8"
          }
        },
        {
          "name": "postage",
          "type": {
            "option": "u64"
          }
        }
      ]
    },
    {
      "name": "write_key_bundle",
      "docs": [
        "Writes the next bytes of the X-Wing key. Signed by the card's delegate."
      ],
      "discriminator": [
        12
      ],
      "accounts": [
        {
          "name": "delegate",
          "docs": [
            "The card's delegate."
          ],
          "signer": true
        },
        {
          "name": "bundle",
          "writable": true
        }
      ],
      "args": [
        {
          "name": "offset",
          "type": "u16"
        },
        {
          "name": "chunk",
          "type": "bytes"
        }
      ]
    }
  ],
  "accounts": [
    {
      "name": "Inbox",
      "discriminator": [
        41,
        120,
        76,
        139,
        162,
        162,
        166,
        244
      ]
    },
    {
      "name": "KeyBundle",
      "discriminator": [
        166,
        86,
        217,
        246,
        111,
        90,
        63,
        98
      ]
    },
    {
      "name": "Profile",
      "discriminator": [
        184,
        101,
        165,
        188,
        95,
        63,
        127,
        188
      ]
    }
  ],
  "errors": [
    {
      "code": 6000,
      "name": "NotWriter",
      "msg": "The signer is not this inbox's writer. Sign with the key that opened it."
    },
    {
      "code": 6001,
      "name": "NotReader",
      "msg": "The signer is not this inbox's reader, or the reader given is all zeroes. Use the key named when it was accepted or opened."
    },
    {
      "code": 6002,
      "name": "NotRecipient",
      "msg": "The signer is neither the wallet this inbox is addressed to nor its delegate. Answer with the recipient's keys and profile."
    },
    {
      "code": 6003,
      "name": "NotOwner",
      "msg": "Only the wallet may do this. Sign with the profile's wallet."
    },
    {
      "code": 6004,
      "name": "NotDelegate",
      "msg": "The signer is not the delegate that the card names, or the delegate given is all zeroes. Use the delegate's key."
    },
    {
      "code": 6005,
      "name": "SequenceMismatch",
      "msg": "The inbox has moved on. Read it again and use its present next sequence number; 2^32 - 1 frames are the end of an inbox."
    },
    {
      "code": 6006,
      "name": "PayloadTooLarge",
      "msg": "The payload can never fit in this ring. Split it, or grow the inbox."
    },
    {
      "code": 6007,
      "name": "InboxFull",
      "msg": "The ring is full of frames that have not been acknowledged. Wait for the reader, or grow the inbox."
    },
    {
      "code": 6008,
      "name": "Declined",
      "msg": "The recipient declined this request. Close the inbox to get the rent back."
    },
    {
      "code": 6009,
      "name": "NotARequest",
      "msg": "This inbox is not a request any more. Read it again."
    },
    {
      "code": 6010,
      "name": "NotOpen",
      "msg": "This inbox is not open. Wait until the recipient accepts it."
    },
    {
      "code": 6011,
      "name": "BadAcknowledge",
      "msg": "An acknowledgement moves forward only, and not past the last frame. Read the inbox again."
    },
    {
      "code": 6012,
      "name": "BadCapacity",
      "msg": "The ring cannot have this capacity. Stay within the limits, grow by at most 10,240 bytes, and shrink only what is acknowledged."
    },
    {
      "code": 6013,
      "name": "CloseTooEarly",
      "msg": "Too early to close: an open inbox must be acknowledged to the end or silent for 30 days, a request 14 days old."
    },
    {
      "code": 6014,
      "name": "PolicyClosed",
      "msg": "The recipient takes no requests. Reach them some other way."
    },
    {
      "code": 6015,
      "name": "PostageTooHigh",
      "msg": "The recipient asks for more postage than agreed to. Read the profile again and agree to its postage."
    },
    {
      "code": 6016,
      "name": "NoActiveKeys",
      "msg": "The recipient has no activated keys. Ask them to finish registering."
    },
    {
      "code": 6017,
      "name": "WrongRefund",
      "msg": "Lamports go to the recorded refund address alone, which is neither zero, nor this program, nor an account that closes together with it. Pass that address."
    },
    {
      "code": 6018,
      "name": "WrongAddress",
      "msg": "The account is not the one that belongs here. Derive its address again from its seeds."
    },
    {
      "code": 6019,
      "name": "UnsupportedVersion",
      "msg": "The account was written by another version of this program. Use a client that knows it."
    },
    {
      "code": 6020,
      "name": "BadFlags",
      "msg": "Unknown flags. Only bit 0, overwrite, has a meaning."
    },
    {
      "code": 6021,
      "name": "BadPolicy",
      "msg": "Unknown contact policy. Use 0 open, 1 postage or 2 closed."
    },
    {
      "code": 6022,
      "name": "BadRoot",
      "msg": "Root numbers count from 1, and a root's kind is 1 wallet, 2 vault or 3 given."
    },
    {
      "code": 6023,
      "name": "BadCard",
      "msg": "The card is malformed, expires before it starts, or names another wallet. Make a new one."
    },
    {
      "code": 6024,
      "name": "WrongGeneration",
      "msg": "The card's generation is not the profile's next one, or past 65,535. Read the profile again."
    },
    {
      "code": 6025,
      "name": "ChunkOutOfOrder",
      "msg": "Chunks come in order. Go on at the bundle's number of written bytes."
    },
    {
      "code": 6026,
      "name": "ChunkTooLong",
      "msg": "The chunk runs past the end of the key. Send only what is missing."
    },
    {
      "code": 6027,
      "name": "BundleIncomplete",
      "msg": "The key is not complete. Write the rest of it first."
    },
    {
      "code": 6028,
      "name": "KeyHashMismatch",
      "msg": "The key that was written is not the one the card names. Close this bundle and create the next generation."
    },
    {
      "code": 6029,
      "name": "BundleActivated",
      "msg": "An activated bundle is immutable. Create the next generation."
    },
    {
      "code": 6030,
      "name": "BundleSuperseded",
      "msg": "A later generation is active already. Create the next generation."
    },
    {
      "code": 6031,
      "name": "BundleInUse",
      "msg": "The current generation's bundle stays while the profile does. Activate a later one, or close the profile."
    },
    {
      "code": 6032,
      "name": "BundlesRemain",
      "msg": "The profile still has key bundles besides the current one. Close them first."
    },
    {
      "code": 6033,
      "name": "InvalidClock",
      "msg": "The cluster's clock is outside 1970 to 2106. Try again later."
    },
    {
      "code": 6034,
      "name": "CorruptAccount",
      "msg": "The account contradicts itself. Do not use it, and report it."
    }
  ],
  "types": [
    {
      "name": "Inbox",
      "docs": [
        "The header. Bytes 8..92 of the account tell a poller everything: one `dataSlice`."
      ],
      "serialization": "bytemuck",
      "repr": {
        "kind": "c"
      },
      "type": {
        "kind": "struct",
        "fields": [
          {
            "name": "version",
            "type": "u8"
          },
          {
            "name": "state",
            "docs": [
              "`REQUEST`, `OPEN` or `DECLINED`."
            ],
            "type": "u8"
          },
          {
            "name": "flags",
            "type": "u8"
          },
          {
            "name": "bump",
            "type": "u8"
          },
          {
            "name": "index",
            "type": "u32"
          },
          {
            "name": "head",
            "docs": [
              "Hash over everything ever posted. `head`, `next` and `last_time` stand together to be hashed as one slice."
            ],
            "type": {
              "array": [
                "u8",
                32
              ]
            }
          },
          {
            "name": "next",
            "docs": [
              "Number of the next frame: how many were ever posted."
            ],
            "type": "u32"
          },
          {
            "name": "last_time",
            "docs": [
              "Seconds since 1970 of the last post, or of the opening. Never goes back."
            ],
            "type": "u32"
          },
          {
            "name": "first",
            "docs": [
              "Number of the oldest frame in the ring."
            ],
            "type": "u32"
          },
          {
            "name": "acknowledged",
            "docs": [
              "Every frame below this number has been read."
            ],
            "type": "u32"
          },
          {
            "name": "tail",
            "docs": [
              "Ring offset of the oldest frame."
            ],
            "type": "u32"
          },
          {
            "name": "used",
            "docs": [
              "Bytes of the ring that hold frames."
            ],
            "type": "u32"
          },
          {
            "name": "opened_slot",
            "docs": [
              "With `open_salt`, tells this life of the address from an earlier, closed one."
            ],
            "type": "u64"
          },
          {
            "name": "postage",
            "docs": [
              "Lamports held above rent until the recipient answers."
            ],
            "type": "u64"
          },
          {
            "name": "opened_time",
            "type": "u32"
          },
          {
            "name": "writer",
            "type": "pubkey"
          },
          {
            "name": "reader",
            "docs": [
              "Who may acknowledge; zero while a request."
            ],
            "type": "pubkey"
          },
          {
            "name": "recipient",
            "docs": [
              "Wallet that the request is addressed to; zero in an inbox that was open at birth."
            ],
            "type": "pubkey"
          },
          {
            "name": "refund",
            "docs": [
              "Gets every lamport that leaves this account, save the postage."
            ],
            "type": "pubkey"
          },
          {
            "name": "reply",
            "docs": [
              "Sealed pointer to the inbox that answers."
            ],
            "type": {
              "array": [
                "u8",
                60
              ]
            }
          },
          {
            "name": "open_salt",
            "docs": [
              "Chosen by the writer for each life of the address."
            ],
            "type": {
              "array": [
                "u8",
                16
              ]
            }
          },
          {
            "name": "owner_box",
            "docs": [
              "Sealed for the writer: what it needs to restore the conversation."
            ],
            "type": {
              "array": [
                "u8",
                120
              ]
            }
          },
          {
            "name": "reserved",
            "type": {
              "array": [
                "u8",
                24
              ]
            }
          }
        ]
      }
    },
    {
      "name": "KeyBundle",
      "serialization": "bytemuck",
      "repr": {
        "kind": "c"
      },
      "type": {
        "kind": "struct",
        "fields": [
          {
            "name": "version",
            "type": "u8"
          },
          {
            "name": "state",
            "docs": [
              "`UPLOADING` or `ACTIVATED`."
            ],
            "type": "u8"
          },
          {
            "name": "bump",
            "type": "u8"
          },
          {
            "name": "reserved_a",
            "type": "u8"
          },
          {
            "name": "written",
            "docs": [
              "Bytes of the X-Wing key written so far."
            ],
            "type": "u16"
          },
          {
            "name": "card",
            "docs": [
              "See `Card`."
            ],
            "type": {
              "array": [
                "u8",
                142
              ]
            }
          },
          {
            "name": "certificate",
            "docs": [
              "The wallet's certificate of the card. Clients verify it; this program has the wallet's signature already."
            ],
            "type": {
              "array": [
                "u8",
                64
              ]
            }
          },
          {
            "name": "refund",
            "docs": [
              "Gets the rent back."
            ],
            "type": "pubkey"
          },
          {
            "name": "x_wing",
            "type": {
              "array": [
                "u8",
                1216
              ]
            }
          },
          {
            "name": "reserved",
            "type": {
              "array": [
                "u8",
                20
              ]
            }
          }
        ]
      }
    },
    {
      "name": "Profile",
      "serialization": "bytemuck",
      "repr": {
        "kind": "c"
      },
      "type": {
        "kind": "struct",
        "fields": [
          {
            "name": "version",
            "type": "u8"
          },
          {
            "name": "policy",
            "docs": [
              "`POLICY_OPEN`, `POLICY_POSTAGE` or `POLICY_CLOSED`."
            ],
            "type": "u8"
          },
          {
            "name": "root_kind",
            "docs": [
              "`ROOT_WALLET`, `ROOT_VAULT` or `ROOT_GIVEN`."
            ],
            "type": "u8"
          },
          {
            "name": "bump",
            "type": "u8"
          },
          {
            "name": "root_number",
            "docs": [
              "Counts from 1, so that a leaked root can be retired."
            ],
            "type": "u32"
          },
          {
            "name": "current_generation",
            "docs": [
              "Generation of the activated keys, `NO_GENERATION` before the first."
            ],
            "type": "u32"
          },
          {
            "name": "next_generation",
            "docs": [
              "Generation of the next key bundle: raised by every creation, never lowered."
            ],
            "type": "u32"
          },
          {
            "name": "bundles",
            "docs": [
              "Key bundle accounts that exist."
            ],
            "type": "u32"
          },
          {
            "name": "reserved_a",
            "type": {
              "array": [
                "u8",
                4
              ]
            }
          },
          {
            "name": "requests",
            "docs": [
              "Requests ever received: who has seen fewer is missing some."
            ],
            "type": "u64"
          },
          {
            "name": "postage",
            "docs": [
              "Lamports that a request must hold under `POLICY_POSTAGE`."
            ],
            "type": "u64"
          },
          {
            "name": "wallet",
            "type": "pubkey"
          },
          {
            "name": "delegate",
            "docs": [
              "Key that acts for the wallet in this program."
            ],
            "type": "pubkey"
          },
          {
            "name": "refund",
            "docs": [
              "Gets the rent back."
            ],
            "type": "pubkey"
          },
          {
            "name": "recent",
            "docs": [
              "The last eight requests, number n at n % 8: found without a scan."
            ],
            "type": {
              "array": [
                {
                  "array": [
                    "u8",
                    32
                  ]
                },
                8
              ]
            }
          },
          {
            "name": "reserved",
            "type": {
              "array": [
                "u8",
                32
              ]
            }
          }
        ]
      }
    }
  ]
};
