"""How often suggestions are right on organizations whose customers are known."""

import pytest

from ingram_micro_cloud.organizations.models import Suggestion
from support.labelled_organizations import Labelled, labelled
from support.matching import suggest


def test_certain_is_always_right_and_likely_nearly_always_on_the_labelled_organizations() -> None:
    lists = labelled(600)
    found = suggest(lists.customers, *lists.organizations)
    right = [each.customer_id in lists.truth[each.organization_id] for each in found]
    findable = sum(bool(customers) for customers in lists.truth.values())
    certain = [good for good, each in zip(right, found, strict=True) if each.band == "certain"]
    likely = [good for good, each in zip(right, found, strict=True) if each.band == "likely"]
    assert all(certain)
    assert len(certain) / findable >= 0.42
    assert sum(likely) / len(likely) >= 0.95
    assert (sum(certain) + sum(likely)) / findable >= 0.9
    assert all(each.score >= 0.7 for each in found if each.band == "certain")


CHANCE = (
    "town and trade", "number of an old system", "one domain for a family", "lettered units", "two countries",
    "words that mean two companies",
)  # fmt: skip
"""Cases in which what joins two companies is chance or a family."""


@pytest.mark.parametrize("only", [None, CHANCE], ids=["all cases", "chance and family"])
@pytest.mark.parametrize("seed", range(4))
def test_certain_is_right_whatever_the_seed(seed: int, only: tuple[str, ...] | None) -> None:
    lists = labelled(300, seed, only)
    found = [each for each in suggest(lists.customers, *lists.organizations) if each.band == "certain"]
    assert len(found) > 30
    for each in found:
        assert each.customer_id in lists.truth[each.organization_id], each


@pytest.mark.parametrize("seed", range(3))
def test_three_hundred_numbers_of_an_old_system_make_nothing_certain_that_is_wrong(seed: int) -> None:
    lists = labelled(300, seed, ["number of an old system"])
    found = suggest(lists.customers, *lists.organizations)
    wrong = [each for each in found if each.band in ("certain", "likely") and not _is_right(each, lists)]
    assert not [each for each in wrong if each.band == "certain"]
    assert len(wrong) <= 6


def _is_right(suggestion: Suggestion, lists: Labelled) -> bool:
    return suggestion.customer_id in lists.truth[suggestion.organization_id]
