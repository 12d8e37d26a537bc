"""The functions that the vector files call, by their names there."""

from collections.abc import Callable
from typing import Any

from .inputs import Inputs

Outputs = dict[str, Any]
FUNCTIONS: dict[str, Callable[[Inputs], Outputs]] = {}


def function(call: Callable[[Inputs], Outputs]) -> Callable[[Inputs], Outputs]:
    """Enters a function under its name in the vectors: the same words, in camel case."""
    first, *rest = call.__name__.rstrip("_").split("_")
    FUNCTIONS[first + "".join(word.capitalize() for word in rest)] = call
    return call
