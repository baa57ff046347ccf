"""Saved configurations: one default, masks that never win, permissions, what is said when there is none."""

import pytest

from ingram_micro_cloud.errors import ConfigurationInvalidError, ConfigurationMissingError
from ingram_micro_cloud.redaction import MASK
from ingram_micro_cloud.runtime.book import ConfigurationBook
from ingram_micro_cloud.store.configurations import Health
from support.marketplace import Workplace

SECRETS = ("password", "subscription_key")
HEALTHY = Health(True, None, 120, 1_795_000_000.0)


@pytest.fixture
def book(workplace: Workplace) -> ConfigurationBook:
    return workplace.integration.book(workplace.state)


def test_a_configuration_comes_back_as_it_was_saved(workplace: Workplace, book: ConfigurationBook) -> None:
    saved = workplace.configuration(allow="look", timeout_seconds=12)
    book.save(saved, HEALTHY)
    found = book.load("practice")
    assert found == saved.model_copy(update={"is_default": True}), "the first one is the default"
    assert book.load() == found


def test_what_is_shown_holds_masks_in_place_of_secrets(workplace: Workplace, book: ConfigurationBook) -> None:
    book.save(workplace.configuration(), HEALTHY)
    shown = book.show("practice")
    assert shown.values["password"] == shown.values["subscription_key"] == MASK
    assert workplace.marketplace.credentials.password not in str(shown)
    assert list(shown.values)[:4] == ["name", "description", "is_default", "username"]
    assert shown.health == HEALTHY
    assert shown.as_row() == {
        "name": "practice", "api_url": shown.values["api_url"], "marketplace": "us", "is_default": True,
        "allow": "edit", "passing": True, "checked_at": 1_795_000_000.0,
    }  # fmt: skip


@pytest.mark.parametrize("typed", [{"password": MASK}, {"password": ""}, {}, {"password": "********"}])
def test_a_mask_or_nothing_keeps_the_stored_secret(
    workplace: Workplace, book: ConfigurationBook, typed: dict[str, object]
) -> None:
    book.save(workplace.configuration(), HEALTHY)
    shown = {key: value for key, value in book.show("practice").values.items() if key != "password"}
    completed = book.completed("practice", {**shown, **typed})
    assert workplace.integration.configuration(completed) == book.load("practice")


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/marketplace/na", "elsewhere.example", "https://marketplace.example.evil.example/",
        "https://marketplace.example:8443/marketplace/na", "http://127.0.0.1/marketplace/na", "https://[half",
        "https://marketplace.example@evil.example/marketplace/na",
    ],
)  # fmt: skip
@pytest.mark.parametrize("typed", [{}, {"password": MASK, "subscription_key": "********"}, {"password": "again-typed"}])
def test_a_stored_secret_is_not_for_another_host(
    workplace: Workplace, book: ConfigurationBook, url: str, typed: dict[str, object]
) -> None:
    book.save(workplace.configuration(), HEALTHY)
    shown = {key: value for key, value in book.show("practice").values.items() if key not in SECRETS}
    with pytest.raises(ConfigurationInvalidError) as caught:
        book.completed("practice", {**shown, **typed, "api_url": url})
    needed = [f"/{key}" for key in SECRETS if typed.get(key) != "again-typed"]
    assert [(each.pointer, each.code) for each in caught.value.fields] == [(each, "secret_needed") for each in needed]
    whole = {**shown, "api_url": url, "password": "typed-again", "subscription_key": "typed-again"}
    assert book.completed("practice", whole)["password"] == "typed-again"


@pytest.mark.parametrize(
    "url",
    [
        "marketplace.example/marketplace/na/",
        "HTTPS://Marketplace.Example:443/marketplace/na",
        "https://marketplace.example/marketplace/eu",
    ],
)
def test_the_same_host_otherwise_written_keeps_the_secrets(
    workplace: Workplace, book: ConfigurationBook, url: str
) -> None:
    book.save(workplace.configuration(), HEALTHY)
    completed = book.completed("practice", {"api_url": url})
    assert completed["password"] == workplace.marketplace.credentials.password


def test_a_new_secret_wins(workplace: Workplace, book: ConfigurationBook) -> None:
    book.save(workplace.configuration(), HEALTHY)
    assert book.completed("practice", {"password": "new-password"})["password"] == "new-password"


def test_secrets_of_one_configuration_are_never_taken_for_another(
    workplace: Workplace, book: ConfigurationBook
) -> None:
    book.save(workplace.configuration(), HEALTHY)
    assert "password" not in book.completed("other", {"username": "x", "password": MASK})


def test_permission_is_changed_and_nothing_else(workplace: Workplace, book: ConfigurationBook) -> None:
    book.save(workplace.configuration(), HEALTHY)
    before = book.load("practice")
    assert book.allow("practice", "buy").allow == "buy"
    assert book.load("practice") == before.model_copy(update={"allow": "buy"})
    assert book.show("practice").health == HEALTHY


def test_without_any_the_command_that_makes_one_is_named(book: ConfigurationBook) -> None:
    with pytest.raises(ConfigurationMissingError, match="no configuration yet") as caught:
        book.load()
    assert "im-cloud config save" in str(caught.value.hint)
    with pytest.raises(ConfigurationMissingError, match="'other'"):
        book.load("other")
    with pytest.raises(ConfigurationMissingError):
        book.show("other")
    with pytest.raises(ConfigurationMissingError):
        book.remove("other")


def test_an_unknown_name_lists_those_there_are(workplace: Workplace, book: ConfigurationBook) -> None:
    book.save(workplace.configuration(), HEALTHY)
    with pytest.raises(ConfigurationMissingError) as caught:
        book.load("practise")
    assert "practice" in str(caught.value.hint)


def test_removing_forgets_it(workplace: Workplace, book: ConfigurationBook) -> None:
    book.save(workplace.configuration(), HEALTHY)
    book.remove("practice")
    assert book.all() == ()
    assert book.names() == ()


@pytest.mark.parametrize(
    ("name", "environ", "chosen"),
    [
        (None, {}, "practice"),
        ("practice", {"IM_CLOUD_USERNAME": "ann"}, "practice"),
        (None, {"IM_CLOUD_ALLOW": "buy"}, "practice"),
    ],
)
def test_which_configuration_a_run_uses(
    workplace: Workplace, book: ConfigurationBook, name: str | None, environ: dict[str, str], chosen: str
) -> None:
    book.save(workplace.configuration(), HEALTHY)
    found = workplace.integration.choose(name, workplace.state, environ)
    assert (found.name, found.allow) == (chosen, "edit")


def test_the_environment_wins_over_the_default_only(workplace: Workplace, book: ConfigurationBook) -> None:
    book.save(workplace.configuration(), HEALTHY)
    environ = {f"IM_CLOUD_{key.upper()}": str(value) for key, value in workplace.values().items()}
    assert workplace.integration.choose(None, workplace.state, environ).name == "environment"
    assert workplace.integration.choose("practice", workplace.state, environ).name == "practice"
