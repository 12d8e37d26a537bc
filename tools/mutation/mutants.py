"""Every check of the program, and what it is replaced by.

A condition that must hold is taken for true, one of several alternatives for false; a choice is inverted; a bound moves by one;
what a state decides is decided for another; a call that can refuse is left out; arithmetic that is checked wraps; an account loses a
constraint.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from .source import Span, chain_before, closing, code_only, expression_around, place, split

FILES = ("instructions/*.rs", "state/*.rs", "ring.rs", "account.rs", "clock.rs")
COMPARISON = re.compile(r" (==|!=|<=|>=|<|>) ")
NEIGHBOUR = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
CONSTRAINT = re.compile(
    r"#\[account\((mut(?:, unsafe\(dup\))?)\)\]\s+(?:#\[cfg_attr[^\n]*\]\s+)?pub (\w+): ([\w<>]+),|pub (\w+): (Signer|Program<System>),"
)
"""An account of an instruction, and what is asked of it."""
FOR_THE_IDL = re.compile(r"#\[cfg_attr\(.*\)\] (?=pub )")
"""What the program does not have."""


@dataclass(frozen=True)
class Mutant:
    file: str
    """Below `programs/postern/src`."""
    place: str
    """Function or type."""
    check: str
    """The source, on one line."""
    mutation: str
    span: Span
    replacement: str
    """With `{}` for what stands there, which another mutant may have changed, and `ON` for whether it is this one; unless `declared`."""
    declared: bool = False
    """Whether it changes the declaration of an account, which nothing can do while the program runs: see copies.py."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.file, self.place, self.check, self.mutation


def all_mutants(sources: Path) -> list[Mutant]:
    files = sorted(path for pattern in FILES for path in sources.glob(pattern))
    found = [mutant for path in files for mutant in _in_file(path.relative_to(sources).as_posix(), path.read_text())]
    seen: Counter[tuple[str, str, str, str]] = Counter()
    numbered = []
    for mutant in found:
        seen[mutant.key] += 1
        again = f" ({seen[mutant.key]})" if seen[mutant.key] > 1 else ""
        numbered.append(Mutant(**{**mutant.__dict__, "mutation": mutant.mutation + again}))
    return numbered


def _in_file(file: str, text: str) -> list[Mutant]:
    code = code_only(text)
    found: list[Mutant] = []
    taken: list[Span] = []

    def add(span: Span, mutation: str, replacement: str, declared: bool = False) -> None:
        check = FOR_THE_IDL.sub("", " ".join(span.of(text).split()))
        found.append(Mutant(file, place(code, span.start), check, mutation, span, replacement, declared))

    def condition(span: Span, must_hold: bool) -> None:
        """Each part of a condition: of `a && b` one is taken for true, of `a || b` for false."""
        taken.append(span)
        for operator, neutral in (("||", False), ("&&", True)):
            parts = split(code, span, operator)
            if len(parts) > 1:
                for part in parts:
                    condition(part, neutral)
                return
        piece = span.of(code)
        if piece.startswith("(") and closing(code, span.start) == span.end - 1:
            return condition(Span(span.start + 1, span.end - 1), must_hold)
        add(span, f"always {str(must_hold).lower()}", "(ON || ({}))" if must_hold else "(!ON && ({}))")

    for match in re.finditer(r"require!\(", code):
        inside = Span(match.end(), closing(code, match.end() - 1))
        condition(split(code, inside, ",")[0], True)

    # Conditions that are named first, or decide between two ways.
    for match in [*re.finditer(r"&&|(?<=\w\))\s+\|\||(?<=[\w)]) \|\||\n\s+\|\|", code), *COMPARISON.finditer(code)]:
        operator = Span(match.start(), match.end())
        line = code[: operator.start].rsplit("\n", 1)[-1]
        if "assert!" in line or any(one.start <= operator.start and operator.end <= one.end for one in taken):
            continue
        span = expression_around(code, operator)
        before, behind = code[: span.start].rstrip(), code[span.end :]
        if re.search(r"\bif$", before) and re.match(r" \{\s*return Err", behind):
            condition(span, False)
            continue
        if "&&" in span.of(code) or "||" in span.of(code):
            condition(span, True)
            continue
        taken.append(span)
        add(span, "inverted", "(ON != ({}))")
    for match in re.finditer(r"\bif (?!let\b)([\w.()]+) \{", code):
        span = Span(match.start(1), match.end(1))
        if not any(one.start <= span.start and span.end <= one.end for one in taken):
            add(span, "inverted", "(ON != ({}))")

    for match in COMPARISON.finditer(code):
        if match[1] in NEIGHBOUR and "assert!" not in code[: match.start()].rsplit("\n", 1)[-1]:
            whole = next(one for one in sorted(taken, key=lambda s: s.end - s.start) if one.start <= match.start() < one.end)
            parts = [p for o in ("||", "&&") for p in split(code, whole, o) if p.start <= match.start() < p.end]
            span = min(parts, key=lambda s: s.end - s.start)
            left, right = text[span.start : match.start()], text[match.end() : span.end]
            moved = f"({left}) {NEIGHBOUR[match[1]]} ({right})"
            add(span, f"{match[1]} is {NEIGHBOUR[match[1]]}", f"(if ON {{ {moved} }} else {{ {{}} }})")

    for match in re.finditer(r"\((\w+)\.\.=(\w+)\)\.contains\(", code):
        span = Span(match.start(), closing(code, match.end() - 1) + 1)
        rest = text[match.end(2) : span.end]
        add(span, "no lower bound", f"(if ON {{ (..={match[2]}{rest} }} else {{ {{}} }})")
        add(span, "no upper bound", f"(if ON {{ ({match[1]}..{rest} }} else {{ {{}} }})")

    # What a state or policy decides, whatever it is.
    for match in re.finditer(r"\bmatch (self\.(?:state|policy)) \{", code):
        add(Span(match.start(1), match.end(1)), "always 1", "(if ON { 1 } else { {} })")

    # Calls whose only purpose is that they may refuse.
    for match in re.finditer(r"^ +([\w.:]*\w\((?:[^;{}])*\)(?:\.map_err\((?:[^;])*\))?\?);$", code, re.MULTILINE):
        whole_statement = not code[: match.start()].rstrip().endswith("=")
        if whole_statement and not match[1].startswith("require") and "copy_from_slice" not in match[1]:
            add(Span(match.start(1), match.end(1)), "left out", "if !ON { {} }")
    for match in re.finditer(r"^ +([\w.:()&? ]*\b(?:invariant|check_invariant|check_version)\([\w.& ]*\))\n\s*\}", code, re.MULTILINE):
        add(Span(match.start(1), match.end(1)), "left out", "if ON { Ok(()) } else { {} }")
    for match in re.finditer(r"=> return Err\(", code):
        span = Span(match.start() + 3, closing(code, match.end() - 1) + 1)
        add(span, "no error", "if ON { Default::default() } else { {} }")

    # Arithmetic and places that are checked.
    for match in re.finditer(r"\.\s*(checked_\w+)\(", code):
        end = closing(code, match.end() - 1) + 1
        tail = re.match(r"\.(?:ok_or|map_err)\(", code[end:])
        if tail is None:
            continue
        end_all = closing(code, end + tail.end() - 1) + 1
        span = Span(chain_before(code, match.start()), end_all + code.startswith("?", end_all))
        wrapping = text[span.start : match.start(1)] + match[1].replace("checked", "wrapping") + text[match.end(1) : end]
        wrapped = wrapping if span.of(code).endswith("?") else f"Ok({wrapping})"
        add(span, "wraps", f"(if ON {{ {wrapped} }} else {{ {{}} }})")
    for match in re.finditer(r"\.(?:ok_or|map_err)\(", code):
        end = closing(code, match.end() - 1) + 1
        start = chain_before(code, match.start())
        chain = code[start : match.start()]
        if "checked_" in chain or not code.startswith("?", end) or "let card" in code[start - 40 : start] or "make_room" in chain:
            continue
        span = Span(start, end + 1)
        add(span, "panics", f"(if ON {{ {text[start:match.start()]}.unwrap() }} else {{ {{}} }})")
    for match in re.finditer(r"\.\s*(saturating_sub)\(", code):
        span = Span(chain_before(code, match.start()), closing(code, match.end() - 1) + 1)
        wrapping = text[span.start : match.start(1)] + "wrapping_sub" + text[match.end(1) : span.end]
        add(span, "wraps", f"(if ON {{ {wrapping} }} else {{ {{}} }})")
    for match in re.finditer(r"\.max\(", code):
        span = Span(chain_before(code, match.start()), closing(code, match.end() - 1) + 1)
        add(span, "no maximum", f"(if ON {{ {text[span.start:match.start()]} }} else {{ {{}} }})")

    for match in CONSTRAINT.finditer(code):
        line = FOR_THE_IDL.sub("", " ".join(match[0].split()))
        mutations = []
        if match[1] == "mut":
            mutations = [("not writable", line.replace("#[account(mut)] ", "")), ("may stand twice", line.replace("(mut)", "(mut, unsafe(dup))"))]
        elif match[1]:
            mutations = [("not writable", line.split("] ", 1)[1]), ("may not stand twice", line.replace(", unsafe(dup)", ""))]
        kind = match[3] or match[5]
        if kind in ("Signer", "Program<System>"):
            name = match[2] or match[4]
            mutations.append((f"{kind} is unchecked", line.replace(f"{name}: {kind}", f"{name}: UncheckedAccount")))
        for mutation, replacement in mutations:
            add(Span(match.start(), match.end()), mutation, replacement, declared=True)
    return found
