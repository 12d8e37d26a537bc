"""`python3 -m mutation list` prints the rows of all mutants as JSON; `build FOLDER` makes the programs that `run.ts` tries."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from program.cargo import CRATE
from program.toolchain import find_toolchain

from .build import build_mutants
from .mutants import all_mutants

REPOSITORY = Path(__file__).resolve().parent.parent.parent

match sys.argv[1:]:
    case ["list"]:
        print(json.dumps([mutant.key for mutant in all_mutants(REPOSITORY / "programs" / CRATE / "src")], ensure_ascii=False))
    case ["build", folder]:
        build_mutants(REPOSITORY, find_toolchain(), Path(folder))
    case _:
        sys.exit(__doc__)
