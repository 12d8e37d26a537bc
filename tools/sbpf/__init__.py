"""Turns LLVM bitcode into Solana programs (sBPF v0 and v3) with stock LLVM and the Python standard library."""
