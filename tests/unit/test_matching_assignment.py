"""One-to-one assignment: the best sum, clear winners, close losers."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingram_micro_cloud.organizations.matching.assignment import Settled, Wishes, assign


def settle(wishes: Wishes, most_in_group: int = 60) -> dict[str, Settled]:
    return assign(wishes, lead=0.1, most_in_group=most_in_group)


def got(wishes: Wishes, most_in_group: int = 60) -> dict[str, str | None]:
    return {key: each.customer for key, each in settle(wishes, most_in_group).items()}


def test_mutual_favourites_with_a_clear_lead_are_fixed() -> None:
    found = settle({"a": {"1": 0.9, "2": 0.5}, "b": {"1": 0.6, "2": 0.8}})
    assert {key: each.customer for key, each in found.items()} == {"a": "1", "b": "2"}
    assert found["a"].lead == pytest.approx(0.4)
    assert not found["a"].rivals


def test_the_greatest_sum_wins_over_first_come() -> None:
    wishes = {"a": {"1": 0.90, "2": 0.85}, "b": {"1": 0.88}}
    assert got(dict(wishes))["b"] == "1"
    assert got(dict(reversed(wishes.items())))["b"] == "1"


def test_who_lost_by_little_and_who_won_by_little_are_both_contested() -> None:
    found = settle({"a": {"1": 0.90, "2": 0.60}, "b": {"1": 0.88}})
    assert found["a"].rivals == ("b",)
    assert found["b"].rivals == ("a",)


def test_who_lost_clearly_is_told_to_whom() -> None:
    found = settle({"a": {"1": 0.9}, "b": {"1": 0.5, "2": 0.45}})
    assert (found["b"].customer, found["b"].lost, found["b"].winner) == ("2", "1", "a")
    assert not found["a"].rivals


def test_who_lost_clearly_and_has_nothing_else_gets_nobody() -> None:
    found = settle({"a": {"1": 0.9}, "b": {"1": 0.5}})
    assert (found["b"].customer, found["b"].lost, found["b"].winner) == (None, "1", "a")


def test_an_organization_without_wishes_gets_nobody() -> None:
    assert settle({"a": {}}) == {"a": Settled(None)}


def test_a_group_that_is_too_large_is_settled_best_pair_first() -> None:
    wishes = {"a": {"1": 0.90, "2": 0.85}, "b": {"1": 0.88}}
    assert got(wishes, most_in_group=2)["a"] == "1"


def test_ties_go_by_id() -> None:
    assert got({"b": {"2": 0.5, "1": 0.5}})["b"] == "1"


WEIGHTS = st.sampled_from([0.4, 0.45, 0.5, 0.6, 0.62, 0.8, 0.85, 0.9, 1.1])
WISHES = st.dictionaries(st.sampled_from("abcd"), st.dictionaries(st.sampled_from("1234"), WEIGHTS), max_size=4)


@given(WISHES, st.sampled_from([2, 60]))
def test_the_answer_does_not_depend_on_the_order(wishes: dict[str, dict[str, float]], most: int) -> None:
    answers = [
        settle({key: dict(reversed(wishes[key].items())) for key in order}, most) for order in permutations(wishes)
    ]
    assert all(each == answers[0] for each in answers)


@given(WISHES)
def test_uncontested_customers_go_to_one_organization_only(wishes: dict[str, dict[str, float]]) -> None:
    given_out = [each.customer for each in settle(wishes).values() if each.customer and not each.rivals]
    assert len(given_out) == len(set(given_out))
