"""Every case of sdk/vectors, a test of its own: the outputs, or the code of the refusal, must be the same."""

import json
import unittest
from pathlib import Path
from typing import Any

from postern.errors import ProtocolError

from . import flows, functions_of_inboxes, functions_of_keys  # noqa: F401
from .inputs import Inputs
from .registry import FUNCTIONS

VECTORS = Path(__file__).resolve().parents[3] / "sdk" / "vectors"


def as_values(outputs: Any) -> Any:
    """Bytes as the files have them."""
    if isinstance(outputs, bytes):
        return outputs.hex()
    if isinstance(outputs, list):
        return [as_values(one) for one in outputs]
    if isinstance(outputs, dict):
        return {name: as_values(one) for name, one in outputs.items()}
    return outputs


def outcome(case: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"outputs": as_values(FUNCTIONS[case["function"]](Inputs(case["inputs"])))}
    except ProtocolError as error:
        return {"error": error.code}


class Case(unittest.TestCase):
    """One case of one file."""

    maxDiff = None

    def __init__(self, file: str, case: dict[str, Any]) -> None:
        super().__init__("check")
        self.file, self.case = file, case

    def __str__(self) -> str:
        return f"{self.file}: {self.case['function']}: {self.case['name']}"

    def check(self) -> None:
        expected = {name: self.case[name] for name in ("outputs", "error") if name in self.case}
        self.assertEqual(len(expected), 1)
        self.assertEqual(outcome(self.case), expected)


class Files(unittest.TestCase):
    def test_every_file_has_cases_and_every_function_here_is_called(self) -> None:
        files = {path.name: json.loads(path.read_text("utf-8")) for path in VECTORS.glob("*.json")}
        for name, file in files.items():
            self.assertEqual(file["protocol"], "postern/1", name)
            self.assertTrue(file["valid"], name)
        self.assertEqual({case["function"] for file in files.values() for case in file["valid"]}, set(FUNCTIONS))


def load_tests(loader: unittest.TestLoader, tests: unittest.TestSuite, _pattern: str | None) -> unittest.TestSuite:
    suite = unittest.TestSuite([loader.loadTestsFromTestCase(Files)])
    for path in sorted(VECTORS.glob("*.json")):
        file = json.loads(path.read_text("utf-8"))
        suite.addTests(Case(path.name, case) for case in file["valid"] + file["invalid"])
    return suite
