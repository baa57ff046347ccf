"""Secret fields that hold references: read when needed, never kept resolved, never told."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from ingram_micro_cloud import hookspecs
from ingram_micro_cloud.errors import ConfigurationInvalidError, UsageError
from ingram_micro_cloud.hookspecs import SecretUnreadableError
from ingram_micro_cloud.runtime.check import CheckReport
from ingram_micro_cloud.runtime.secret_references import REFERENCE
from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.sandbox.access import Credentials
from ingram_micro_cloud.store.state import State
from support.extensions import Stores, extended
from support.marketplace import Workplace

pytestmark = pytest.mark.anyio
PASSWORD, KEY = "Canary-password-1", "canary-subscription-key-0123456789"


@dataclass
class Vault:
    """A store with the credentials of the practice marketplace; remembers what it was asked for."""

    kept: dict[str, Any]
    asked: list[str] = field(default_factory=list)

    def __call__(self, reference: str) -> Any:
        self.asked.append(reference)
        return self.kept[reference]


@pytest.fixture
def vault() -> Vault:
    return Vault({"ingram/password": PASSWORD, "ingram/key": KEY})


@pytest.fixture
def guarded(workplace: Workplace, vault: Vault) -> Workplace:
    """A marketplace whose credentials are known to the vault only."""
    workplace.marketplace = Marketplace(
        seed=7,
        customers=5,
        unlimited=True,
        now=workplace.clock.now,
        credentials=Credentials("ann", PASSWORD, KEY, "us"),
    )
    return extended(workplace, vaults=Stores({"vault": vault}))


def referring(**changes: object) -> dict[str, object]:
    return {"password": "secret:vault/ingram/password", "subscription_key": "secret:vault/ingram/key", **changes}


async def check(workplace: Workplace, **changes: object) -> CheckReport:
    return await workplace.integration.check(
        workplace.values(**changes), state=workplace.state, transport=workplace.transport, timing=workplace.timing
    )


async def test_references_are_read_for_every_connection_and_every_check(guarded: Workplace, vault: Vault) -> None:
    assert (await check(guarded, **referring())).passing
    assert vault.asked == ["ingram/password", "ingram/key"]
    for _ in range(2):
        async with guarded.connect(**referring()) as connection:
            assert (await connection.run("list_customers")).total == 5
    assert vault.asked == ["ingram/password", "ingram/key"] * 3


async def test_a_new_secret_behind_a_reference_is_used_at_once(guarded: Workplace, vault: Vault) -> None:
    vault.kept["ingram/password"] = "Canary-old-2"
    assert (await check(guarded, **referring())).steps[-1].name == "sign_in"
    vault.kept["ingram/password"] = PASSWORD
    assert (await check(guarded, **referring())).passing


async def test_the_reference_is_what_is_stored_and_shown(guarded: Workplace, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with State.open(home, environ={}, find_keyring=lambda _: None) as state:
        desk = guarded.integration.desk(state, transport=guarded.transport, timing=guarded.timing)
        assert (await desk.save("main", guarded.values(**referring(name="main")))).saved
        assert (await desk.test("main")).passing
        loaded = guarded.integration.book(state).load("main")
        connecting = guarded.integration.connect(
            loaded, state=state, transport=guarded.transport, timing=guarded.timing
        )
        async with connecting as connection:
            await connection.run("list_customers")
            assert connection.configuration.password == SecretStr("secret:vault/ingram/password")
        shown = guarded.integration.book(state).show("main").values
    assert set(str(shown["password"])) == {"•"}
    kept = b"".join(file.read_bytes() for file in home.iterdir() if file.name != "secret.key")
    for secret in (PASSWORD, KEY):
        assert secret.encode() not in kept


async def test_what_was_read_is_masked_like_any_secret(guarded: Workplace, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with guarded.connect(**referring(allow="edit")) as connection:
        connection._client.redactor.text(PASSWORD)
        rehearsed = await connection.run("update_customer", {"id": "1", "name": PASSWORD}, dry_run=True)
        assert connection._client.redactor.value(rehearsed.as_json()) != rehearsed.as_json()
    assert PASSWORD not in caplog.text
    assert KEY not in caplog.text


def locked(_: str) -> str:
    raise SecretUnreadableError("the vault is locked; unlock it with: vault open")


def careless(reference: str) -> str:
    raise ValueError(f"no {reference}: {PASSWORD}")


UNREADABLE: dict[str, tuple[Callable[[str], Any], str]] = {
    "nothing by this reference": (dict[str, str]().__getitem__, "the extension 'vaults' failed to read it (KeyError)"),
    "words that hold a secret": (careless, "the extension 'vaults' failed to read it (ValueError)"),
    "words for people": (locked, "the vault is locked; unlock it with: vault open"),
    "no text": (lambda _: 7, "the extension 'vaults' gave no text"),
    "an empty text": (lambda _: "", "the extension 'vaults' gave no text"),
    "nothing": (lambda _: None, "the extension 'vaults' gave no text"),
    "an end and no secret": (lambda _: "\r\n", "the extension 'vaults' gave no text"),
    "a NUL": (lambda _: f"{PASSWORD}\0", "gave a text with control characters"),
    "two lines": (lambda _: f"{PASSWORD}\nsecond", "gave a text with control characters"),
    "half a character": (lambda _: f"{PASSWORD}\ud800", "gave a text with control characters"),
    "too short a secret": (lambda _: "abc", "what its store gave does not fit the field"),
}


@pytest.mark.parametrize("name", UNREADABLE)
async def test_an_unreadable_secret_marks_its_field_and_sends_nothing(workplace: Workplace, name: str) -> None:
    store, said = UNREADABLE[name]
    extended(workplace, vaults=Stores({"vault": store}))
    with pytest.raises(ConfigurationInvalidError) as refused:
        workplace.connect(password="secret:vault/ingram/password")
    (problem,) = refused.value.fields
    assert (problem.pointer, problem.code) == ("/password", "secret_unreadable")
    assert said in problem.message
    assert refused.value.exit_status == 3
    report = await check(workplace, password="secret:vault/ingram/password")
    (step,) = report.steps
    assert (step.name, step.passed, step.fields) == ("form", False, ("password",))
    assert said in step.message
    told = json.dumps([refused.value.as_json(), report.as_json()])
    assert "ingram/password" not in told
    assert PASSWORD not in told
    assert workplace.marketplace.control.calls()["total"] == 0


class Secret(str):
    """A text of a class of its own, as some clients of vaults give it."""


@pytest.mark.parametrize("given", [f"{PASSWORD}\n", f"{PASSWORD}\r\n", Secret(PASSWORD)])
async def test_a_secret_that_comes_from_a_file_or_a_class_of_its_own_is_used(
    guarded: Workplace, vault: Vault, given: str
) -> None:
    vault.kept["ingram/password"] = given
    assert (await check(guarded, **referring())).passing
    async with guarded.connect(**referring()) as connection:
        assert (await connection.run("list_customers")).total == 5


async def test_a_key_that_no_header_can_carry_does_not_fit(workplace: Workplace) -> None:
    extended(workplace, vaults=Stores({"vault": lambda _: "with a blank\r\nand more"}))
    with pytest.raises(ConfigurationInvalidError) as refused:
        workplace.connect(subscription_key="secret:vault/key")
    assert refused.value.fields[0].pointer == "/subscription_key"


async def test_every_unreadable_field_is_marked(workplace: Workplace) -> None:
    with pytest.raises(ConfigurationInvalidError) as refused:
        workplace.connect(**referring())
    assert [each.pointer for each in refused.value.fields] == ["/password", "/subscription_key"]


# --- Passwords that look alike ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "password",
    ["secret", "secret:", "secret:vault", "secret:vault/", "Secret:vault/x", "secret:Vault/x", "secret: vault/x",
     "my secret:vault/x", "secret:/x", "secrets:vault/x"],
)  # fmt: skip
async def test_a_password_that_is_no_reference_is_the_password(workplace: Workplace, password: str) -> None:
    credentials = Credentials("ann", password, KEY, "us")
    workplace.marketplace = Marketplace(
        seed=7, customers=5, unlimited=True, now=workplace.clock.now, credentials=credentials
    )
    assert REFERENCE.fullmatch(password) is None
    assert (await check(workplace)).passing


async def test_a_password_that_looks_like_a_reference_is_told_and_has_a_spelling(workplace: Workplace) -> None:
    credentials = Credentials("ann", "secret:hunter/2", KEY, "us")
    workplace.marketplace = Marketplace(
        seed=7, customers=5, unlimited=True, now=workplace.clock.now, credentials=credentials
    )
    report = await check(workplace)
    assert not report.passing
    assert "Put secret:text/ before it" in report.steps[0].message
    assert "hunter" not in json.dumps(report.as_json()), "it may be a password after all"
    assert (await check(workplace, password="secret:text/secret:hunter/2")).passing
    async with workplace.connect(password="secret:text/secret:hunter/2") as connection:
        assert (await connection.run("list_customers")).total == 5


# --- Stores that do not fit ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [None, ["vault"], {"vault": "text"}, {"Vault": str}, {"a/b": str}, {"text": str}])
def test_stores_of_the_wrong_kind_are_refused_by_name(given: object) -> None:
    with pytest.raises(UsageError, match="The extension 'odd' cannot be used"):
        hookspecs.extensions_of({"odd": Stores(given)}).secret("vault", "x")


def test_two_extensions_with_one_store_are_both_named() -> None:
    known = hookspecs.extensions_of({"one": Stores({"vault": str}), "two": Stores({"vault": repr})})
    with pytest.raises(UsageError) as refused:
        known.secret("vault", "x")
    assert "'one'" in refused.value.message
    assert "'two'" in refused.value.message
