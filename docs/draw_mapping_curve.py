"""Draws docs/mapping_curve.svg from what benchmarks/matching.py measures: `python docs/draw_mapping_curve.py`."""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

WIDTH, HEIGHT = 760, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 150, 46, 56
FIRST = 0.40
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #3d4451; }
  .title { font-size: 15px; font-weight: 600; }
  .small { font-size: 12px; }
  .grid { stroke: #8b93a1; stroke-opacity: .3; }
  .band { stroke: #8b93a1; stroke-dasharray: 4 4; }
  .precision { stroke: #1f7a8c; } .precision-text { fill: #1f7a8c; }
  .recall { stroke: #c4622d; } .recall-text { fill: #c4622d; }
  .line { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
  .dot { stroke: none; }
  @media (prefers-color-scheme: dark) {
    text { fill: #d6dae1; }
    .precision { stroke: #5fc3d6; } .precision-text { fill: #5fc3d6; }
    .recall { stroke: #f0955f; } .recall-text { fill: #f0955f; }
  }
"""

Quality = Mapping[str, float]


def across(score: float) -> float:
    """Return where a score lies from left to right."""
    return LEFT + (score - FIRST) / (1 - FIRST) * (WIDTH - LEFT - RIGHT)


def down(share: float) -> float:
    """Return where a share lies from top to bottom."""
    return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)


def picture(found: Mapping[str, object], likely: float, possible: float) -> str:
    """Return the whole picture."""
    curve, bands = found["by_threshold"], found["bands"]
    assert isinstance(curve, dict)  # noqa: S101  # read from our own JSON
    assert isinstance(bands, dict)  # noqa: S101
    count = f"{found['organizations']:,} organizations and {found['customers']:,} customers"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t">',
        f'<title id="t">Precision and recall of suggestions by least score, {count}</title>',
        f"<style>{STYLE}</style>",
        f'<text class="title" x="{LEFT}" y="22">Suggestions by least score: {count}</text>',
        *_grid(),
        *_bands(likely, possible),
        *(_line(curve, name) for name in ("precision", "recall")),
        *_labels(curve, bands["certain"]),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _grid() -> Iterable[str]:
    for tenth in range(0, 11, 2):
        y = down(tenth / 10)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="small" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tenth / 10:.1f}</text>'
    for step in range(7):
        score = FIRST + step / 10
        yield _middle(score, HEIGHT - BOTTOM + 18, f"{score:.1f}")
    yield _middle(0.7, HEIGHT - 14, "only suggestions with at least this score")


def _middle(score: float, y: int, text: str) -> str:
    return f'<text class="small" x="{across(score):.1f}" y="{y}" text-anchor="middle">{text}</text>'


def _bands(likely: float, possible: float) -> Iterable[str]:
    for score, name in ((possible, "possible →"), (likely, "likely →")):
        x = across(score)
        yield f'<line class="band" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        yield f'<text class="small" x="{x + 6:.1f}" y="{HEIGHT - BOTTOM - 10}">{name}</text>'


def _line(curve: Mapping[str, Quality], name: str) -> str:
    points = " ".join(
        f"{across(float(score)):.1f},{down(each[name]):.1f}" for score, each in curve.items() if each["suggested"]
    )
    return f'<polyline class="line {name}" points="{points}"/>'


def _labels(curve: Mapping[str, Quality], certain: Quality) -> Iterable[str]:
    last = next(each for score, each in reversed(curve.items()) if each["suggested"])
    x = WIDTH - RIGHT + 10
    yield f'<text class="precision-text" x="{x}" y="{down(last["precision"]) - 2:.1f}">precision</text>'
    yield f'<text class="recall-text" x="{x}" y="{down(last["recall"]) + 5:.1f}">recall</text>'
    y = down(certain["recall"])
    at = across(1.0)
    yield f'<circle class="dot recall-text" cx="{at:.1f}" cy="{y:.1f}" r="5"/>'
    yield f'<circle class="dot precision-text" cx="{at:.1f}" cy="{down(certain["precision"]):.1f}" r="5"/>'
    yield f'<text class="small" x="{x}" y="{y + 5:.1f}">band certain:</text>'
    yield f'<text class="small" x="{x}" y="{y + 20:.1f}">recall {certain["recall"]:.2f},</text>'
    yield f'<text class="small" x="{x}" y="{y + 35:.1f}">precision {certain["precision"]:.2f}</text>'


def main() -> None:
    """Measure and draw."""
    root = Path(__file__).parents[1]
    command = [sys.executable, "-m", "benchmarks.matching"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)  # noqa: S603  # our own module
    from ingram_micro_cloud.bundle import bundle_root
    from ingram_micro_cloud.manifest.loader import load_bundle

    bands = load_bundle(bundle_root()).mapping.bands
    text = picture(json.loads(done.stdout), bands.likely, bands.possible)
    (root / "docs/mapping_curve.svg").write_text(text, encoding="utf-8")
    sys.stdout.write(done.stdout)


if __name__ == "__main__":
    main()
