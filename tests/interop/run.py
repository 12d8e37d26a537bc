"""
`npm run test:interop`: everything that the second implementation is checked against. Needs Python 3.11 and nothing else: what
requirements.txt names is installed into target/interop, or POSTERN_PYTHON names an interpreter that has it already.
"""

import hashlib
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ENVIRONMENT = ROOT / "target" / "interop"
REQUIREMENTS = HERE / "requirements.txt"
INSTALL_SECONDS = 600
CHECK_SECONDS = 600
COUNT = re.compile(r"^(\d+) passed, (\d+) failed")


def interpreter() -> str:
    """One that has the pinned packages; made where it is not there or has others."""
    given = os.environ.get("POSTERN_PYTHON")
    if given:
        return given
    python, stamp = ENVIRONMENT / "bin" / "python", ENVIRONMENT / "installed"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != wanted:
        print(f"Installing the packages of {REQUIREMENTS.name} into {ENVIRONMENT.relative_to(ROOT)} …", flush=True)
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
        # --no-deps: what is not pinned is not installed.
        install = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
        subprocess.run([python, *install, "-r", REQUIREMENTS], check=True, timeout=INSTALL_SECONDS)
        subprocess.run([python, "-m", "pip", "check", "--disable-pip-version-check"], check=True, timeout=60)
        stamp.write_text(wanted)
    return str(python)


def run(python: str, *command: str | Path, cwd: Path) -> tuple[int, int]:
    """Shows what the command prints; returns how many of its checks passed and failed, one failed where it does not say."""
    environment = {**os.environ, "POSTERN_PYTHON": python, "PYTHONUTF8": "1"}
    process = subprocess.run([*command], cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=CHECK_SECONDS, encoding="utf-8")
    lines = process.stdout.splitlines()
    counted = COUNT.match(lines[-1]) if lines else None
    print("\n".join(lines[:-1] if counted else lines), flush=True)
    passed, failed = (int(counted[1]), int(counted[2])) if counted else (0, 0)
    return passed, failed if failed or (process.returncode == 0 and passed) else 1


def main() -> int:
    if sys.version_info < (3, 11):
        print("This needs Python 3.11 or later.")
        return 1
    python = interpreter()
    mocha = ROOT / "node_modules" / ".bin" / "ts-mocha"
    results = [
        run(python, python, "-B", "-m", "checks", cwd=HERE),
        run(python, mocha, "-p", "tsconfig.json", "tests/interop/signatures.ts", "tests/interop/conversation.ts", cwd=ROOT),
    ]
    passed, failed = (sum(column) for column in zip(*results, strict=True))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
