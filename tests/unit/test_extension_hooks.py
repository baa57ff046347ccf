"""Extensions: found, verified, refused by name; what they are told of runs; sources of organizations."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ingram_micro_cloud import hookspecs
from ingram_micro_cloud.errors import InputError, RejectedError, UsageError
from ingram_micro_cloud.hookspecs import extension
from support.extensions import Listener, Sources, Watcher, extended
from support.marketplace import Workplace

CONTACT = "Canary-contact-7"
PERSON = {
    "type": "admin", "firstName": "Ada", "lastName": "M", "email": "a@b.example", "phoneNumber": "1##3125550142#",
    "login": "ada.moreau", "password": CONTACT,
}  # fmt: skip
ADDRESS = {"streetAddress": "1 Mill", "postalCode": "60614", "city": "Chicago", "state": "IL", "countryCode": "US"}
CUSTOMER = {"name": "Alder LLC", "language": "en_US", "address": ADDRESS, "contactPersons": [PERSON]}


# --- Verified when registered ----------------------------------------------------------------------------------------


class Misspelt:
    @extension
    def before_wriet(self, preview: object) -> None:
        """Nobody asks for this."""


class Curious:
    @extension
    def before_write(self, preview: object, moon: object) -> None:
        """There is no moon."""


class Forgotten:
    def before_write(self, preview: object) -> str:
        return "The decorator was forgotten."

    @extension
    def after_action(self, outcome: object) -> None:
        """This one has it."""


class Waiting:
    @extension
    async def before_write(self, preview: object) -> str:
        return "Nobody awaits this."


class Lifting:
    @extension(wrapper=True)
    def before_write(self, preview: object) -> Iterator[None]:
        yield


class Defaulting:
    @extension
    def before_write(self, preview: object = None) -> str | None:
        return "seen" if preview else None


class ByName:
    @extension
    def before_write(self, *, preview: object) -> str | None:
        return "seen" if preview else None


class ByNameWithDefault:
    @extension
    def before_write(self, *, preview: object = None) -> str | None:
        return "seen" if preview else None


class Gathering:
    @extension
    def before_write(self, *given: object) -> str | None:
        return "seen" if given else None


class GatheringNames:
    @extension
    def before_write(self, **given: object) -> str | None:
        return "seen" if given else None


class Optional:
    @extension(optionalhook=True)
    def befor_write(self, preview: object) -> str:
        return "Nobody asks."


class Hidden:
    """Something goes by the hook's name and is no marked function."""

    def __init__(self, before_write: object) -> None:
        self.before_write = before_write

    @extension
    def after_action(self, outcome: object) -> None:
        """This one is."""


class Computed:
    @property
    def before_write(self) -> object:
        return lambda _: "no"

    @extension
    def after_action(self, outcome: object) -> None:
        """This one is marked."""


class Caller:
    def __call__(self, preview: object) -> str:
        return "no"


UNFIT: Mapping[str, tuple[object, str]] = {
    "a default for what is given": (Defaulting(), "before_write has a default for preview"),
    "an argument by its name only": (ByName(), "preview by its name only"),
    "an argument by its name only, with a default": (ByNameWithDefault(), "preview by its name only"),
    "any arguments": (Gathering(), "before_write takes *given"),
    "any names": (GatheringNames(), "before_write takes **given"),
    "a misspelt hook that is optional": (Optional(), "did you mean 'before_write'"),
    "an object that can be called": (Hidden(Caller()), "before_write is not marked as a hook"),
    "a marked object that can be called": (Hidden(extension(Caller())), "before_write is not marked as a hook"),
    "a partial function": (Hidden(partial(print, "no")), "before_write is not marked as a hook"),
    "a property": (Computed(), "before_write is not marked as a hook"),
    "a class instead of one of its objects": (Watcher, "it is a class"),
    "a misspelt hook": (Misspelt(), "did you mean 'before_write'"),
    "an argument nobody gives": (Curious(), "moon"),
    "a forgotten decorator": (Forgotten(), "before_write is not marked"),
    "a coroutine": (Waiting(), "plain function"),
    "a wrapper that could lift a veto": (Lifting(), "wraps the hooks of others"),
    "no plugin at all": (object(), "implements no hook"),
    "a class that is no plugin at all": (int, "it is a class"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_an_extension_that_does_not_fit_is_refused_by_name(name: str) -> None:
    plugin, said = UNFIT[name]
    with pytest.raises(UsageError) as refused:
        hookspecs.extensions_of({"good": Watcher(), "wrong_one": plugin})
    assert "The extension 'wrong_one' cannot be used" in refused.value.message
    assert said in refused.value.message
    assert refused.value.hint == "Update its package, or remove it."


# --- Found by entry point --------------------------------------------------------------------------------------------

GOOD = """
from ingram_micro_cloud.hookspecs import extension
print("imported")
@extension
def organization_sources():
    return {"psa": lambda: [{"id": "org-1", "name": "Alder"}]}
"""


def installed(folder: Path, code: str) -> Mapping[str, str]:
    """An installed package with an extension; returns the environment that finds it."""
    (folder / "their_extension.py").write_text(code, encoding="utf-8")
    info = folder / "their_extension-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-extension\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[im_cloud.extensions]\ntheirs = their_extension\n", encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IM_CLOUD_")}
    return {**kept, "PYTHONPATH": str(folder), "IM_CLOUD_HOME": str(folder / "home")}


def python(environ: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], env=dict(environ), capture_output=True, text=True, check=False)


def test_an_installed_extension_is_imported_once_and_takes_part(tmp_path: Path) -> None:
    environ = installed(tmp_path, GOOD)
    code = (
        "from ingram_micro_cloud import load_integration, hookspecs\n"
        "load_integration(); load_integration()\n"
        "print(hookspecs.organization_source('psa')())"
    )
    done = python(environ, "-c", code)
    assert done.stdout.splitlines() == ["imported", "[{'id': 'org-1', 'name': 'Alder'}]"], done.stderr
    command = ["-m", "ingram_micro_cloud.hosts.cli", "organizations", "import", "--source", "psa", "--json"]
    report = python(environ, *command)
    assert json.loads(report.stdout.removeprefix("imported\n"))["added"] == 1, report.stderr


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise RuntimeError('no licence')", "cannot be imported (RuntimeError: no licence)"),
        ("import nowhere_to_be_found", "ModuleNotFoundError"),
        ("def f(:", "SyntaxError"),
        ("import sys; sys.exit('no licence')", "cannot be imported (SystemExit: no licence)"),
        ("raise GeneratorExit", "GeneratorExit"),
        ("x = 1", "implements no hook"),
    ],
)
def test_an_installed_extension_that_does_not_fit_stops_everything_by_name(
    tmp_path: Path, code: str, said: str
) -> None:
    done = python(installed(tmp_path, code), "-m", "ingram_micro_cloud.hosts.cli", "actions", "--json")
    assert done.returncode == 2, done.stderr
    problem = json.loads(done.stdout)["error"]
    assert "The extension 'theirs' cannot be used" in problem["message"]
    assert said in problem["message"]


def test_without_extensions_nothing_is_imported_for_them() -> None:
    done = python(
        os.environ, "-c", "import sys, ingram_micro_cloud as p; p.load_integration(); print('pluggy' in sys.modules)"
    )
    assert done.stdout.strip() == "False", done.stderr


# --- Sources of organizations ----------------------------------------------------------------------------------------


def test_a_source_is_found_by_name_and_others_are_told() -> None:
    known = hookspecs.extensions_of({"a": Sources({"psa": lambda: [{"id": "1", "name": "A"}]}), "b": Sources({})})
    assert known.organization_source("psa")() == [{"id": "1", "name": "A"}]
    with pytest.raises(UsageError) as missing:
        known.organization_source("crm")
    assert missing.value.hint == "There are: psa."


def test_two_extensions_with_one_source_are_both_named() -> None:
    known = hookspecs.extensions_of({"one": Sources({"psa": list}), "two": Sources({"psa": dict})})
    with pytest.raises(UsageError) as refused:
        known.organization_source("psa")
    assert "'one'" in refused.value.message
    assert "'two'" in refused.value.message


def failing() -> object:
    raise OSError("the disk is gone")


class Raising:
    @extension
    def organization_sources(self) -> object:
        return failing()


@pytest.mark.parametrize("given", [None, [], "psa", {"psa": "a list"}, {7: list}])
def test_sources_of_the_wrong_kind_are_refused_by_name(given: object) -> None:
    with pytest.raises(UsageError, match="The extension 'odd' cannot be used: organization_sources returned"):
        hookspecs.extensions_of({"odd": Sources(given)}).organization_source("psa")


def failing_midway() -> Iterator[Mapping[str, object]]:
    yield {"id": "org-1", "name": "Alder"}
    raise OSError("psa://ann:Canary-password-1@psa.example is gone")


@pytest.mark.parametrize(
    ("source", "kind"), [(failing_midway, "OSError"), (lambda: None, "TypeError"), (failing, "OSError")]
)
def test_a_source_that_fails_is_named_without_its_words(
    source: Any, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    known = hookspecs.extensions_of({"theirs": Sources({"psa": source})})
    with pytest.raises(UsageError) as failed:
        known.organization_source("psa")()
    assert f"The extension 'theirs' failed to give its organizations ({kind}). Nothing" in failed.value.message
    assert "Canary" not in f"{failed.value.as_json()} {caplog.text}"


def test_an_extension_that_fails_when_asked_is_named() -> None:
    with pytest.raises(UsageError, match="The extension 'odd' cannot be used: organization_sources failed"):
        hookspecs.extensions_of({"odd": Raising()}).organization_source("psa")


# --- after_action ----------------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_every_run_is_told_success_failure_and_dry_run(workplace: Workplace) -> None:
    listener = Listener()
    async with extended(workplace, listener=listener).connect() as connection:
        outcome = await connection.run("list_customers", {"max_items": 2})
        with pytest.raises(InputError):
            await connection.run("list_customers", {"nmae": "x"}, organization=None)
        await connection.run("update_customer", {"id": "1", "name": "New"}, dry_run=True)
    done, failed, rehearsed = listener.told
    assert done == {**outcome.as_json(), "error": None}
    assert (failed["action"], failed["result"], failed["error"]["code"]) == ("list_customers", None, "invalid_input")
    assert (rehearsed["dry_run"], rehearsed["request"]["method"], rehearsed["error"]) == (True, "PATCH", None)


@pytest.mark.anyio
async def test_what_is_declared_or_given_as_secret_is_masked(undocumented: Workplace) -> None:
    listener = Listener()
    workplace = extended(undocumented, listener=listener)
    quoting = {"operation": "createCustomer", "fault": "status", "status": 400, "times": 1}
    async with workplace.connect() as connection:
        await connection.run("create_customer", CUSTOMER)
        workplace.marketplace.control.add_fault(quoting)
        with pytest.raises(RejectedError):
            await connection.run("create_customer", {**CUSTOMER, "name": CONTACT})
        listed = await connection.run("list_reports")
        generic = await connection.run("generic_request", {"method": "GET", "path": "/reports", "paginate": True})
    urls = [row["downloadUrl"] for row in listed.result if row.get("downloadUrl")]  # type: ignore[attr-defined]
    assert urls == [row["downloadUrl"] for row in generic.result if row.get("downloadUrl")]  # type: ignore[attr-defined]
    assert urls
    text = json.dumps(listener.told)
    assert CONTACT not in text
    for url in urls:
        assert url not in text
    credentials = workplace.marketplace.credentials
    assert credentials.password not in text


@pytest.mark.anyio
async def test_what_an_extension_raises_is_a_warning_and_changes_nothing(
    workplace: Workplace, caplog: pytest.LogCaptureFixture
) -> None:
    listener = Listener(act=lambda _: failing())
    after = Listener()
    async with extended(workplace, failing_one=listener, other=after).connect() as connection:
        with caplog.at_level(logging.WARNING):
            outcome = await connection.run("list_customers")
        (warning,) = outcome.warnings
        with pytest.raises(InputError):
            await connection.run("list_customers", {"nmae": "x"})
    assert (warning.code, len(outcome.result)) == ("extension_failed", 25)  # type: ignore[arg-type]
    assert "'failing_one'" in warning.message
    assert "the extension failing_one failed over an outcome" in caplog.text
    assert len(after.told) == 2, "the others are told all the same"


@pytest.mark.anyio
async def test_an_extension_cannot_change_the_result(workplace: Workplace) -> None:
    def spoil(outcome: dict[str, Any]) -> None:
        outcome["result"][0]["id"] = "spoilt"
        outcome["result"].clear()

    async with extended(workplace, spoiler=Listener(act=spoil)).connect() as connection:
        outcome = await connection.run("list_customers")
    assert len(outcome.result) == 25  # type: ignore[arg-type]
    assert outcome.result[0]["id"] != "spoilt"  # type: ignore[index]
