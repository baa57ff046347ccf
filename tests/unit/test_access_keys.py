"""Access keys: who may do what through a serving host."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from ingram_micro_cloud.errors import KeyMissingError, KeyRefusedError, UsageError
from ingram_micro_cloud.hosts.serving.access import Access, local_access
from ingram_micro_cloud.hosts.serving.keys import KeyRing, run_key
from ingram_micro_cloud.store.state import State
from support.clock import FakeClock
from support.marketplace import Workplace


@pytest.fixture
def ring(workplace: Workplace) -> KeyRing:
    return KeyRing(workplace.state, workplace.clock.now)


def test_a_key_is_shown_once_and_known_again(ring: KeyRing) -> None:
    issued = ring.issue("rewst", by="ada", permission="edit", organizations=["org-2", "org-1", "org-2"])
    token = issued.token.get_secret_value()
    assert token.startswith("imc_")
    assert len(token) > 40
    access = ring.access(token)
    assert replace(access, folder=None) == Access("key rewst", "edit", frozenset({"org-1", "org-2"}))
    (stored,) = ring.all()
    assert token not in repr(stored)
    assert token not in repr(issued)
    assert token not in str(stored.as_row())
    assert stored.organizations == ("org-1", "org-2")
    assert stored.created_by == "ada"


def test_a_key_looks_unless_more_is_said(ring: KeyRing) -> None:
    access = ring.access(ring.issue("quiet", by="ada", organizations=["org-1"]).token.get_secret_value())
    assert (access.permission, access.reseller, access.manage) == ("look", False, False)


def test_what_is_kept_of_a_key_opens_nothing(ring: KeyRing) -> None:
    issued = ring.issue("rewst", by="ada", reseller=True)
    with pytest.raises(KeyRefusedError):
        ring.access(issued.key.fingerprint)


@pytest.mark.parametrize("token", [None, ""])
def test_no_key_is_told_apart_from_a_wrong_one(ring: KeyRing, token: str | None) -> None:
    with pytest.raises(KeyMissingError) as caught:
        ring.access(token)
    assert caught.value.specific_code == "key_missing"


@pytest.mark.parametrize("token", ["imc_wrong", "x" * 5000, "imc_\udc80", "imc_\x00", "ключ"])
def test_a_wrong_key_is_refused_whatever_it_holds(ring: KeyRing, token: str) -> None:
    ring.issue("rewst", by="ada", reseller=True)
    with pytest.raises(KeyRefusedError) as caught:
        ring.access(token)
    assert caught.value.specific_code == "key_unknown"


def test_a_revoked_key_is_unknown_from_then_on_and_its_name_is_free_again(ring: KeyRing) -> None:
    first = ring.issue("rewst", by="ada", reseller=True).token.get_secret_value()
    folder = ring.access(first).folder
    ring.revoke("rewst")
    with pytest.raises(KeyRefusedError):
        ring.access(first)
    second = ring.issue("rewst", by="ada", reseller=True).token.get_secret_value()
    assert second != first
    assert ring.access(second).reseller
    assert folder != ring.access(second).folder, "the files of the first are none of the second's"


def test_a_key_ends_when_it_was_said_to(ring: KeyRing, workplace: Workplace) -> None:
    token = ring.issue("brief", by="ada", reseller=True, days=1).token.get_secret_value()
    workplace.clock.advance(86_399)
    assert ring.access(token).reseller
    workplace.clock.advance(1)
    with pytest.raises(KeyRefusedError):
        ring.access(token)


def test_a_key_of_this_run_is_known_only_to_this_run(ring: KeyRing, workplace: Workplace) -> None:
    token, known = run_key(local_access(who="ada"))
    here = KeyRing(workplace.state, workplace.clock.now, known)
    assert here.access(token.get_secret_value()).manage
    assert token.get_secret_value() not in repr(here)
    with pytest.raises(KeyRefusedError):
        ring.access(token.get_secret_value())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({}, "could do nothing"),
        ({"manage": True, "organizations": ["org-1"]}, "sees every customer"),
        ({"manage": True, "every_organization": True}, "sees every customer"),
        ({"every_organization": True, "organizations": ["org-1"]}, "either"),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(ring: KeyRing, arguments: dict[str, object], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        ring.issue("odd", by="ada", **arguments)  # type: ignore[arg-type]
    assert ring.all() == ()


@pytest.mark.parametrize("name", ["", "-x", "a b", "a\nb", "x" * 81, "../x"])
def test_a_name_that_would_confuse_is_not_taken(ring: KeyRing, name: str) -> None:
    with pytest.raises(UsageError, match="name"):
        ring.issue(name, by="ada", reseller=True)


def test_a_name_is_taken_once(ring: KeyRing) -> None:
    token = ring.issue("rewst", by="ada", reseller=True).token.get_secret_value()
    with pytest.raises(UsageError, match="already"):
        ring.issue("rewst", by="eve", permission="buy", reseller=True)
    assert ring.access(token).permission == "look"
    with pytest.raises(UsageError, match="no key called"):
        ring.revoke("other")


LIMITED = Access("key limited", organizations=frozenset({"org-1"}))


@pytest.mark.parametrize(
    ("access", "wanted", "scope", "expected"),
    [
        (LIMITED, "org-1", "customer", "org-1"),
        (LIMITED, "org-2", "customer", "organization_refused"),
        (LIMITED, None, "customer", "organization_required"),
        (LIMITED, None, "reseller", "organization_required"),
        (LIMITED, None, "path", "organization_required"),
        (LIMITED, None, "catalogue", None),
        (LIMITED, "org-2", "catalogue", "organization_refused"),
        (Access("all", organizations=None), "org-9", "customer", "org-9"),
        (Access("all", organizations=None), None, "customer", "organization_required"),
        (Access("reseller", reseller=True), None, "customer", None),
        (Access("reseller", reseller=True), "org-1", "customer", "organization_refused"),
        (Access("reseller", organizations=None, reseller=True), "org-1", "reseller", "org-1"),
    ],
)
def test_whom_a_key_acts_for(access: Access, wanted: str | None, scope: str, expected: str | None) -> None:
    assert _told(lambda: access.for_organization(wanted, scope=scope)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("configurations", "wanted", "expected"),
    [
        (None, None, None),
        (None, "main", "main"),
        (frozenset({"main"}), None, "main"),
        (frozenset({"main"}), "main", "main"),
        (frozenset({"main"}), "other", "configuration_refused"),
        (frozenset({"main", "second"}), None, "configuration_refused"),
        (frozenset({"main", "second"}), "second", "second"),
        (frozenset(), None, "configuration_refused"),
    ],
)
def test_which_configuration_a_key_may_use(
    configurations: frozenset[str] | None, wanted: str | None, expected: str | None
) -> None:
    access = Access("key", configurations=configurations)
    assert _told(lambda: access.for_configuration(wanted)) == expected


def test_managing_takes_a_key_made_for_it() -> None:
    assert _told(lambda: LIMITED.require_manage()) == "manage_required"
    assert _told(lambda: local_access(who="ada").require_manage()) is None


def test_keys_are_kept_beside_a_state_that_was_there_before() -> None:
    clock = FakeClock()
    with State.in_memory() as state:
        KeyRing(state, clock.now).issue("first", by="ada", reseller=True)
        assert [each.name for each in KeyRing(state, clock.now).all()] == ["first"]


def _told(work: Callable[[], object]) -> object:
    try:
        return work()
    except KeyRefusedError as problem:
        return problem.specific_code
