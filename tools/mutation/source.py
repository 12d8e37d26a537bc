"""Just enough of Rust's syntax to find conditions and calls: the sources are formatted by rustfmt, which this relies on."""

from __future__ import annotations

import re
from dataclasses import dataclass

OPENING, CLOSING = "([{", ")]}"


@dataclass(frozen=True)
class Span:
    """A piece of the source, from `start` up to `end`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


def code_only(text: str) -> str:
    """The same text with comments and string literals blanked out: every position stays what it was."""
    return re.sub(r'//[^\n]*|b?"(?:[^"\\]|\\.)*"', lambda m: " " * len(m[0]), text)


def closing(code: str, at: int) -> int:
    """Where the bracket that opens at `at` closes."""
    depth = 0
    for i in range(at, len(code)):
        depth += (code[i] in OPENING) - (code[i] in CLOSING)
        if depth == 0:
            return i
    raise ValueError(f"unbalanced from {at}")


def trimmed(code: str, start: int, end: int) -> Span:
    piece = code[start:end]
    return Span(start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip()))


def split(code: str, span: Span, separator: str) -> list[Span]:
    """The parts of `span` between separators that stand in no bracket."""
    parts, depth, start, i = [], 0, span.start, span.start
    while i < span.end:
        depth += (code[i] in OPENING) - (code[i] in CLOSING)
        if depth == 0 and code.startswith(separator, i):
            parts.append(trimmed(code, start, i))
            start = i = i + len(separator)
            continue
        i += 1
    return [*parts, trimmed(code, start, span.end)]


def expression_around(code: str, operator: Span) -> Span:
    """The whole condition that `operator` belongs to: up to a bracket, an assignment, an arrow or a keyword."""
    start, depth = operator.start, 0
    while start > 0:
        before = code[:start]
        if depth == 0 and code[start] != "=" and re.search(r"(?:\b(?:if|while|match|return)|=>|[^=!<>]=|[;{(\[,])\s*$", before):
            break
        depth += (code[start - 1] in CLOSING) - (code[start - 1] in OPENING)
        start -= 1
    end, depth = operator.end, 0
    while end < len(code):
        if depth == 0 and (code[end] in ",;" + CLOSING or code[end] == "{" or code.startswith("=>", end)):
            break
        depth += (code[end] in OPENING) - (code[end] in CLOSING)
        end += 1
    return trimmed(code, start, end)


def chain_before(code: str, at: int) -> int:
    """Where the chain of calls and fields that ends at `at` begins."""
    depth = 0
    while at > 0:
        char = code[at - 1]
        if depth == 0 and not (char.isalnum() or char in "_.:?)]<>" or (char.isspace() and code[at:].lstrip()[:1] == ".")):
            return at
        if char == "(" and depth == 0:
            return at
        depth += (char in CLOSING) - (char in OPENING)
        at -= 1
    return at


def place(code: str, at: int) -> str:
    """The function or type that `at` lies in."""
    return re.findall(r"\b(?:fn|struct) (\w+)", code[:at])[-1]
