"""`python -m benchmarks [ROW …]`: prints one line per row, and exits 1 when a row misses its mark."""

import sys
from collections.abc import Callable, Mapping

from benchmarks import calls, dispatch, fleet, limits, matching, startup, walking
from benchmarks.row import Row

ROWS: Mapping[str, Callable[[], list[Row]]] = {
    "calls": calls.rows,
    "fleet": fleet.rows,
    "startup": startup.rows,
    "dispatch": dispatch.rows,
    "walking": walking.rows,
    "matching": matching.rows,
    "limits": limits.rows,
}


def main(chosen: list[str]) -> int:
    """Measure the chosen rows, or all of them."""
    unknown = [name for name in chosen if name not in ROWS]
    if unknown:
        print(f"unknown row {unknown[0]!r}; there are: {', '.join(ROWS)}", file=sys.stderr)
        return 2
    missed = 0
    print(f"{'what':58} {'measured':>12} {'mark':>10}")
    for name in chosen or ROWS:
        for row in ROWS[name]():
            missed += not row.met
            print(f"{row.what:58} {row.shown:>12} {row.mark:>10}  {'' if row.met else 'MISSED'}{row.note}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
