"""The TypeScript that is made from the IDL."""

from __future__ import annotations

import json
import re
from typing import Any

HEADER = "// Made from the program by `npm run build:program`; do not edit.\n\n"
NAME_KEYS = ("name", "path", "account", "generic")
"""Members of an IDL whose values Anchor's TypeScript client turns to camelCase, beside the list `relations`."""


def idl_module(idl: dict[str, Any]) -> str:
    return (
        HEADER
        + "/** The program's IDL, in camelCase, as a type: Anchor's `Program<Postern>`. The IDL itself is {@link IDL}. */\n"
        f"export type Postern = {_indented(camel_case(idl))};\n\n"
        "/** The program's IDL as Anchor made it: what Anchor's `Program` takes, and what is published on chain. */\n"
        f"export const IDL = {_indented(idl)};\n"
    )


def address_module(idl: dict[str, Any]) -> str:
    return (
        HEADER + "/** The address that the program declares as its own, in base58. */\n"
        f"export const PROGRAM_ADDRESS = {json.dumps(idl['address'])};\n"
    )


def errors_module(idl: dict[str, Any]) -> str:
    rows = "".join(
        f"  {e['code']}: {{\n"
        f"    name: {json.dumps(e['name'])},\n"
        f"    code: {json.dumps(screaming_snake_case(e['name']))},\n"
        f"    message: {json.dumps(e['msg'], ensure_ascii=False)},\n"
        "  },\n"
        for e in idl["errors"]
    )
    return (
        HEADER + "export interface ProgramError {\n"
        "  /** The name in the program. */\n  readonly name: string;\n"
        "  /** The same name as the SDK's errors have it. */\n  readonly code: string;\n"
        "  /** What the caller should do. */\n  readonly message: string;\n}\n\n"
        "/** The program's errors by the number that a failed transaction carries. */\n"
        f"export const PROGRAM_ERRORS: Readonly<Record<number, ProgramError>> = {{\n{rows}}};\n"
    )


def camel_case(idl: Any) -> Any:
    """What Anchor's client makes of an IDL, without the documentation, which no type needs."""
    if isinstance(idl, list):
        return [camel_case(item) for item in idl]
    if not isinstance(idl, dict):
        return idl
    return {key: _camel_member(key, value) for key, value in idl.items() if key != "docs"}


def _camel_member(key: str, value: Any) -> Any:
    if key in NAME_KEYS and isinstance(value, str):
        return ".".join(_camel_word(word) for word in value.split("."))
    if key == "relations":
        return [_camel_word(word) for word in value]
    return camel_case(value)


def _camel_word(word: str) -> str:
    joined = re.sub(r"_+(\w)", lambda m: m[1].upper(), word)
    return joined[:1].lower() + joined[1:]


def screaming_snake_case(name: str) -> str:
    """NotARequest -> NOT_A_REQUEST"""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).upper()


def _indented(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
