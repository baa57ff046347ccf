"""Configurations and drafts as they are stored."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from ingram_micro_cloud.store.configurations import Health
from ingram_micro_cloud.store.state import State

SECRETS = {"password": SecretStr("canary-password")}


@pytest.fixture
def state() -> Iterator[State]:
    with State.in_memory() as made:
        yield made


def save(state: State, name: str, *, default: bool = False, **values: object) -> None:
    state.configurations.save(name, 1, values, SECRETS, is_default=default)


def defaults(state: State) -> list[str]:
    return [record.name for record in state.configurations.all() if record.is_default]


def test_the_first_is_the_default_and_there_is_only_ever_one(state: State) -> None:
    save(state, "first")
    save(state, "second")
    assert defaults(state) == ["first"]
    save(state, "third", default=True)
    assert defaults(state) == ["third"]
    save(state, "third", default=False)
    assert defaults(state) == ["third"], "one must be the default"
    found = state.configurations.default()
    assert found is not None
    assert found.name == "third"


def test_when_one_is_left_it_is_the_default(state: State) -> None:
    save(state, "first")
    save(state, "second")
    assert state.configurations.remove("first")
    assert defaults(state) == ["second"]
    assert not state.configurations.remove("first")
    assert state.configurations.remove("second")
    assert state.configurations.default() is None


def test_saving_again_replaces_values_and_keeps_the_birthday(state: State) -> None:
    save(state, "one", api_url="https://a.example")
    born = state.configurations.all()[0].created_at
    save(state, "one", api_url="https://b.example")
    (record,) = state.configurations.all()
    assert record.values == {"api_url": "https://b.example"}
    assert record.created_at == born
    assert record.updated_at >= born


def test_a_listing_opens_no_secret(state: State) -> None:
    save(state, "one")
    assert state.configurations.all()[0].secrets == {}
    found = state.configurations.get("one")
    assert found is not None
    assert found.secrets["password"].get_secret_value() == "canary-password"


def test_names_are_exact(state: State) -> None:
    save(state, "Main")
    assert state.configurations.get("main") is None


def test_health_belongs_to_one_configuration(state: State) -> None:
    save(state, "one")
    save(state, "two")
    health = Health(False, "sign_in_refused", 420, 1_795_000_000.0)
    state.configurations.set_health("one", health)
    one, two = state.configurations.all()
    assert one.health == health
    assert two.health is None
    state.configurations.set_health("nobody", health)


def test_a_draft_is_what_was_typed_last(state: State) -> None:
    assert state.drafts.get("one") == {}
    state.drafts.save("one", {"username": "ann"})
    state.drafts.save("one", {"username": "bob"})
    assert state.drafts.get("one") == {"username": "bob"}
    state.drafts.remove("one")
    assert state.drafts.get("one") == {}
