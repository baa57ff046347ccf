"""Matching 10,000 labelled organizations with as many customers: how often right, how fast, in how much memory.

`python -m benchmarks.matching` prints everything that was measured as JSON; `docs/draw_mapping_curve.py` draws it.
"""

import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from random import Random

from benchmarks.row import Row
from ingram_micro_cloud.bundle import bundle_root
from ingram_micro_cloud.manifest.loader import load_bundle
from ingram_micro_cloud.organizations.matching.suggestions import Matcher
from ingram_micro_cloud.organizations.models import Band, Suggestion

sys.path.append("tests")
from support.labelled_organizations import Labelled, labelled

COUNT = 10_000
SAMPLE = 60
"""Organizations whose every pair is scored; the time for all of them is scaled from these."""
SHOWN: tuple[Band, ...] = ("certain", "likely", "possible")
THRESHOLDS = tuple(round(0.40 + step / 100, 2) for step in range(61))


@dataclass(frozen=True)
class Quality:
    """How many suggestions there are, how many are right, and what share of the findable customers they are."""

    suggested: int
    right: int
    precision: float
    recall: float


@dataclass(frozen=True)
class Measured:
    """One run over the labelled organizations."""

    organizations: int
    customers: int
    states: Mapping[str, int]
    bands: Mapping[str, Quality]
    by_threshold: Mapping[str, Quality]
    conflicts_showing_the_right_one: float
    seconds: float
    megabytes: float
    times_faster_than_all_pairs: float
    same_top_answer: float


def rows() -> list[Row]:
    """Measure in a process of its own, so that its memory is nobody else's."""
    done = subprocess.run([sys.executable, "-m", "benchmarks.matching"], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    bands = found["bands"]
    note = f"  {found['organizations']:,} organizations, {found['customers']:,} customers, {found['seconds']:.0f} s"
    recall = f"  recall {bands['certain']['recall']:.2f} of {bands['certain']['suggested']:,}"
    return [
        Row("precision of the band certain", bands["certain"]["precision"], 1.0, at_least=True, digits=4, note=recall),
        Row("recall of certain and likely together", _recall(bands, "certain", "likely"), 0.9, at_least=True),
        Row("precision of the band likely", bands["likely"]["precision"], 0.95, at_least=True, digits=3),
        Row("matching / scoring every pair, times faster", found["times_faster_than_all_pairs"], 50, at_least=True,
            digits=0, note=note),
        Row("same top answer as scoring every pair", found["same_top_answer"], 1.0, at_least=True),
        Row("peak memory of matching, MB", found["megabytes"], 1000, digits=0),
    ]  # fmt: skip


def measured(count: int = COUNT, sample: int = SAMPLE) -> Measured:
    """Match `count` labelled organizations, and score every pair of a sample of them."""
    bundle = load_bundle(bundle_root())
    lists = labelled(count)
    before = time.process_time()
    matcher = Matcher(bundle.mapping, bundle.words, lists.customers, lists.organizations)
    suggestions = matcher.suggestions(lists.organizations, {})
    seconds = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1_000_000 if sys.platform == "darwin" else 1_000)
    slow, same = _against_all_pairs(matcher, lists, sample, bundle.mapping.bands.possible)
    suggested = [each for each in suggestions if each.state == "suggested"]
    conflicts = [each for each in suggestions if each.state == "conflict"]
    return Measured(
        organizations=len(lists.organizations),
        customers=len(lists.customers),
        states=dict(sorted(Counter(each.state for each in suggestions).items())),
        bands={band: _quality([each for each in suggested if each.band == band], lists) for band in SHOWN},
        by_threshold={f"{t:.2f}": _quality([each for each in suggested if each.score >= t], lists) for t in THRESHOLDS},
        conflicts_showing_the_right_one=_quality(conflicts, lists).precision,
        seconds=seconds,
        megabytes=peak,
        times_faster_than_all_pairs=slow * len(lists.organizations) / seconds,
        same_top_answer=same,
    )  # fmt: skip


def _against_all_pairs(matcher: Matcher, lists: Labelled, sample: int, possible: float) -> tuple[float, float]:
    """Return seconds per organization for scoring everybody, and how often the index has the same best customer."""
    chosen = Random(1).sample(  # noqa: S311  # a sample, no secret
        list(lists.organizations), min(sample, len(lists.organizations))
    )
    matcher.score_everybody(chosen[0])  # who carries what is counted once
    before = time.process_time()
    every = [matcher.score_everybody(each) for each in chosen]
    seconds = (time.process_time() - before) / len(chosen)
    telling = [(each, found[0]) for each, found in zip(chosen, every, strict=True) if found[0][1] >= possible]
    same = sum(matcher.score_candidates(each)[:1] == (best,) for each, best in telling)
    return seconds, same / len(telling)


def _quality(suggestions: Sequence[Suggestion], lists: Labelled) -> Quality:
    right = sum(each.customer_id in lists.truth[each.organization_id] for each in suggestions)
    findable = sum(bool(customers) for customers in lists.truth.values())
    return Quality(len(suggestions), right, right / len(suggestions) if suggestions else 1.0, right / findable)


def _recall(bands: Mapping[str, Mapping[str, float]], *names: str) -> float:
    return sum(bands[name]["recall"] for name in names)


if __name__ == "__main__":
    print(json.dumps(asdict(measured()), indent=2))
