"""How many examples a property is tried with: few in an ordinary run, all of them in `make check`."""

import os

VARIABLE = "IM_CLOUD_TEST_EXAMPLES"
"""Set to "all" by `make check`."""


def examples(thorough: int) -> int:
    """Return how many to try in this run."""
    return thorough if os.environ.get(VARIABLE) == "all" else max(10, thorough // 4)
