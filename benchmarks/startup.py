"""What importing and loading costs, against importing the libraries underneath."""

import subprocess
import sys
import time
from statistics import median

from benchmarks.row import Row

OURS = "import ingram_micro_cloud; ingram_micro_cloud.load_integration()"
THEIRS = "import httpx, pydantic, jsonschema, yaml"
UNUSED = ("sqlalchemy", "httpx", "uvicorn", "starlette", "cryptography", "keyring", "alembic")
ROUNDS = 9


def rows() -> list[Row]:
    """Compare start-up, and count what `im-cloud --help` imports without need."""
    ratio = median(_seconds(OURS) / _seconds(THEIRS) for _ in range(ROUNDS))
    return [
        Row("import and load_integration() / importing the libraries", ratio, 1.5, note=f"  median of {ROUNDS} pairs"),
        Row("unused libraries imported by im-cloud --help", len(_imported()), 0, digits=0),
    ]


def _seconds(code: str) -> float:
    before = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - before


def _imported() -> list[str]:
    code = (
        "import sys, ingram_micro_cloud.hosts.cli as cli\nsys.argv = ['im-cloud', '--help']\n"
        "try:\n    cli.main()\nexcept SystemExit:\n    pass\n"
        f"print('|'.join(name for name in {UNUSED!r} if name in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return [name for name in done.stderr.strip().splitlines()[-1:] if name]
