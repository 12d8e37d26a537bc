"""The Postern protocol, suite 1, a second time: written from docs/PROTOCOL.md, sharing no code with the SDK."""
