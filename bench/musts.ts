/**
 * What the design promises, whatever the record says. The compute units are those of the sketch that the design started from;
 * its ceilings, 700, 780 and 250, are in tests/program/budgets.test.ts.
 */
import { figureAt, type Figures } from "./figures.js";

export type Must = { readonly claim: string; readonly path: readonly string[]; readonly most: number };

const onBoth = (claim: string, path: readonly string[], most: number): Must[] =>
  ["v0", "v3"].map((version) => ({ claim: `${claim} (sBPF ${version})`, path: ["compute", version, ...path], most }));

export const MUSTS: readonly Must[] = [
  ...onBoth("compute units to post 256 B", ["post 256 B", "plain"], 669),
  ...onBoth("compute units to post 256 B, wrapping and evicting one", ["post 256 B", "wrapping, evicting 1"], 747),
  ...onBoth("compute units to acknowledge", ["acknowledge"], 179),
  { claim: "signatures of a direct post", path: ["wire", "post", "signatures"], most: 1 },
  { claim: "accounts of a direct post", path: ["wire", "post", "accounts"], most: 3 },
  { claim: "bytes of a direct post beyond its payload", path: ["wire", "post", "bytes beyond payload"], most: 215 },
  { claim: "bytes of an inbox's header", path: ["accounts", "inbox header"], most: 480 },
  { claim: "lamports of rent of one side with a 2,048 B ring, at 5,080 a byte", path: ["rent", "5,080 lamports/B", "inbox, 2,048 B ring"], most: 13_500_000 },
  { claim: "lamports of rent of a registration, at 5,080 a byte", path: ["rent", "5,080 lamports/B", "registration"], most: 11_500_000 },
  { claim: "bytes of the program (sBPF v0)", path: ["program", "postern.v0.so"], most: 80_000 },
  { claim: "bytes of the program (sBPF v3)", path: ["program", "postern.v3.so"], most: 80_000 },
  { claim: "nacl.secretboxes to open a message of 224 B in JavaScript (10 of 5 µs make 20,000 messages a second)", path: ["crypto", "noble", "message of 224 B, open"], most: 10 },
  { claim: "nacl.secretboxes to restore a message in JavaScript (10 of 5 µs make 20,000 messages a second)", path: ["crypto", "noble", "restore of an inbox of 8,192 B, per message"], most: 10 },
  { claim: "nacl.secretboxes to make a handshake in JavaScript (1,600 of 5 µs make 8 ms)", path: ["crypto", "noble", "handshake, initiate"], most: 1_600 },
  { claim: "nacl.secretboxes to read a handshake in JavaScript (1,600 of 5 µs make 8 ms)", path: ["crypto", "noble", "handshake, respond"], most: 1_600 },
  { claim: "bytes of the main entry, minified and gzipped, without web3.js", path: ["bundle", ".", "gzip"], most: 80_000 },
  { claim: "bytes that the example page starts with, minified and gzipped, React, web3.js and wallet-adapter included", path: ["bundle", "examples/web", "gzip"], most: 220_000 },
  { claim: "React commits for a message that comes in, until it is read", path: ["page", "React commits for an incoming message"], most: 4 },
  { claim: "components drawn for a message that comes in, with twenty shown above it", path: ["page", "components drawn for an incoming message"], most: 30 },
  { claim: "calls until a returning visitor's page shows the first message", path: ["page", "calls until the first message of a visit"], most: 20 },
];

/** One line for every promise that is broken, or that nothing was measured for. */
export function brokenMusts(measured: Figures, musts: readonly Must[] = MUSTS): string[] {
  return musts.flatMap(({ claim, path, most }) => {
    const value = figureAt(measured, path);
    if (value === undefined) return [`${claim}: at most ${most}, but ${path.join(" / ")} was not measured`];
    return value <= most ? [] : [`${claim}: at most ${most}, but it is ${value}`];
  });
}
