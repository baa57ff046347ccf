"""The hooks a platform calls: what each answers, that failures are answers, and that unfit plugins are refused."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Final

import pluggy
import pytest

from ingram_micro_cloud import Integration, hookspecs
from ingram_micro_cloud.errors import BundleError, UsageError
from ingram_micro_cloud.hookspecs import implementation
from ingram_micro_cloud.hosts.platform import NAME, PlatformHooks, hooks
from ingram_micro_cloud.store.state import State
from support.marketplace import Workplace

ORGANIZATIONS: Final = "organizations"


@dataclass
class Platform:
    """A platform with this integration registered, and the state the integration keeps for itself."""

    manager: pluggy.PluginManager
    workplace: Workplace
    home: Path

    def __call__(self, hook: str, **arguments: Any) -> Any:
        return hookspecs.ask(self.manager, hook, NAME, **arguments)

    def run(self, action: str, inputs: Any = None, configuration: Any = None, **more: Any) -> Any:
        given = {"organization": None, "options": {}, **more}
        return self(
            "run_action", action=action, inputs=inputs or {}, configuration=configuration or self.values(), **given
        )

    def values(self, **changes: object) -> dict[str, object]:
        return self.workplace.values(**changes)

    def state(self) -> State:
        return State.open(self.home, environ={}, find_keyring=lambda _: None)


def manager_with(**plugins: object) -> pluggy.PluginManager:
    manager = pluggy.PluginManager(hookspecs.PLATFORM)
    manager.add_hookspecs(hookspecs)
    for name, plugin in plugins.items():
        hookspecs.register(manager, plugin, name)
    return manager


@pytest.fixture
def platform(workplace: Workplace, tmp_path: Path) -> Platform:
    home = tmp_path / "home"
    made = PlatformHooks(
        load=lambda: workplace.integration,
        open_state=lambda: State.open(home, environ={}, find_keyring=lambda _: None),
        transport=workplace.transport,
        timing=workplace.timing,
        environ={},
    )
    return Platform(manager_with(im_cloud=made), workplace, home)


# --- What is answered ------------------------------------------------------------------------------------------------


def test_the_description_has_what_a_platform_draws(platform: Platform, integration: Integration) -> None:
    told = platform("describe_integration")
    assert (told["id"], told["version"]) == (integration.name, integration.version)
    assert [group["id"] for group in told["groups"]] == list(told["palette"])
    assert sorted(name for names in told["palette"].values() for name in names) == sorted(integration.actions)
    assert told["form"] == integration.configuration_form()
    assert told["connection_check"][0]["id"] == "form"
    assert told["mapping"]["offered_after"] == "passing check"
    assert told["mapping"]["variable"]["name"] == "imCloud_CustomerId"
    for action in told["actions"]:
        spec = integration.actions[action["id"]]
        assert {"title", "ref", "group", "effect", "scope", "input", "output", "changelog"} <= set(action)
        assert action["input"] == json.loads(json.dumps(spec.input))
        assert action["examples"][0]["title"]


def test_a_check_answers_with_the_report_of_config_test(platform: Platform) -> None:
    report = platform("check_configuration", values=platform.values())
    assert report["passing"]
    assert list(report) == ["passing", "steps", "warnings", "milliseconds"]
    assert [step["name"] for step in report["steps"]][-1] == "customers"


def test_a_failing_check_marks_the_field_and_stores_nothing(platform: Platform) -> None:
    report = platform("check_configuration", values=platform.values(password="Canary-wrong-9"))
    assert not report["passing"]
    assert "password" in report["steps"][-1]["fields"]
    assert "Canary-wrong-9" not in json.dumps(report)
    with platform.state() as state:
        assert state.configurations.all() == ()
        assert state.drafts.get("practice") == {}


@pytest.mark.parametrize("values", [None, 7, "text", {"name": 3}, {1: 2}])
def test_values_that_are_no_form_are_a_failing_check(platform: Platform, values: Any) -> None:
    report = platform("check_configuration", values=values)
    assert (report["passing"], report["steps"][-1]["name"]) == (False, "form")


@pytest.mark.parametrize("prefix", ["", "im_cloud."])
def test_options_are_read_from_the_vendor(platform: Platform, prefix: str) -> None:
    reference = f"{prefix}create_order.customerId"
    found = platform("list_options", reference=reference, configuration=platform.values(), query="")
    assert len(found) == 25
    assert set(found[0]) == {"value", "label"}
    label = found[3]["label"]
    narrowed = platform("list_options", reference=reference, configuration=platform.values(), query=label.upper())
    assert found[3] in narrowed


def test_nested_inputs_have_options_too(platform: Platform) -> None:
    found = platform("list_options", reference="create_order.products.*.mpn", configuration=platform.values(), query="")
    assert found


def test_a_run_answers_as_run_json_does(platform: Platform) -> None:
    told = platform.run("list_customers", {"max_items": 3})
    assert (told["action"], len(told["result"]), told["complete"], told["dry_run"]) == (
        "list_customers",
        3,
        False,
        False,
    )


def test_a_dry_run_sends_nothing(platform: Platform) -> None:
    told = platform.run("update_customer", {"id": "1", "name": "New"}, options={"dry_run": True})
    assert (told["dry_run"], told["calls"], told["request"]["method"]) == (True, 0, "PATCH")


def test_a_saved_configuration_is_chosen_by_name_and_nothing_by_null(platform: Platform) -> None:
    with platform.state() as state:
        report = asyncio.run(
            platform.workplace.integration.desk(
                state, transport=platform.workplace.transport, timing=platform.workplace.timing
            ).save("saved", platform.values(name="saved"))
        )
        assert report.saved
    named = hookspecs.ask(
        platform.manager, "run_action", NAME, action="list_customers", inputs={}, configuration="saved",
        organization=None, options=None,
    )  # fmt: skip
    default = hookspecs.ask(
        platform.manager, "run_action", NAME, action="list_customers", inputs={}, configuration=None,
        organization=None, options={},
    )  # fmt: skip
    assert named["result"] == default["result"] != []
    missing = platform.run("list_customers", configuration="nobody")
    assert missing["error"]["code"] == "configuration_missing"


def test_form_values_stand_for_themselves(platform: Platform) -> None:
    """A saved secret is not lent to form values that lack one, whatever their name."""
    values = platform.values(name="saved")
    with platform.state() as state:
        desk = platform.workplace.integration.desk(
            state, transport=platform.workplace.transport, timing=platform.workplace.timing
        )
        asyncio.run(desk.save("saved", values))
    told = platform.run("list_customers", configuration={**values, "password": "••••••••"})
    assert told["error"]["code"] == "invalid_configuration"


# --- Suggestions -----------------------------------------------------------------------------------------------------


def handed(platform: Platform) -> list[dict[str, Any]]:
    rows = [dict(row) for row in platform.workplace.marketplace.control.state("customers")]
    return [{"id": f"org-{number}", "name": row["name"]} for number, row in enumerate(rows[:3])]


def test_suggestions_save_neither_organizations_nor_decisions(platform: Platform) -> None:
    rows = [*handed(platform), {"id": "org-none", "name": "Zzyzx Quarry"}]
    found = platform("suggest_mappings", configuration=platform.values(), organizations=rows)
    assert [row["organization_id"] for row in found] == ["org-0", "org-1", "org-2", "org-none"]
    assert found[0]["customer_name"] == rows[0]["name"]
    assert {"state", "score", "band", "lead", "runner_up", "signals", "reason"} <= set(found[0])
    assert found[3]["customer_id"] is None
    with platform.state() as state:
        assert state.organizations.all() == ()
        assert state.mappings.entries("practice") == {}
        account = platform.workplace.integration.office(platform.workplace.configuration(), state).account.fingerprint
        assert len(state.customers.all(account)) == 25, "what was read of customers is kept for the next question"


def test_the_customers_are_read_once_a_day(platform: Platform) -> None:
    ask = {"configuration": platform.values(), ORGANIZATIONS: handed(platform)}

    def listed() -> int:
        counted = platform.workplace.marketplace.control.calls()["by_operation"]
        assert isinstance(counted, Mapping)
        return int(counted.get("getCustomers", 0))

    first = platform("suggest_mappings", **ask)
    once = listed()
    assert once
    assert platform("suggest_mappings", **ask) == first
    assert listed() == once
    platform.workplace.clock.advance(24 * 3600 + 1)
    platform("suggest_mappings", **ask)
    assert listed() > once


def test_what_is_mapped_already_is_told_and_not_offered_to_others(platform: Platform) -> None:
    rows = handed(platform)
    first = platform("suggest_mappings", configuration=platform.values(), organizations=rows)
    customer = first[0]["customer_id"]
    configuration = platform.workplace.configuration()
    with platform.state() as state:
        integration = platform.workplace.integration
        integration.organizations(state).import_rows(rows[:1], "file")
        book = integration.mapping(configuration, state)
        known = book.customer(customer)
        assert known is not None
        book.set("org-0", known)
        before = book.entries()
    twin = {"id": "org-twin", "name": rows[0]["name"]}
    found = platform("suggest_mappings", configuration=platform.values(), organizations=[rows[0], twin])
    assert [(row["organization_id"], row["state"]) for row in found] == [("org-0", "mapped"), ("org-twin", "conflict")]
    with platform.state() as state:
        assert integration.mapping(configuration, state).entries() == before
        assert [each.id for each in state.organizations.all()] == ["org-0"]


@pytest.mark.parametrize("rows", ["text", {"id": "x"}, [7], [{"id": "x"}]])
def test_organizations_that_cannot_be_read_are_an_error(platform: Platform, rows: Any) -> None:
    told = platform("suggest_mappings", configuration=platform.values(), organizations=rows)
    assert told["error"]["code"] == "invalid_input"


def test_no_organizations_have_no_suggestions(platform: Platform) -> None:
    assert platform("suggest_mappings", configuration=platform.values(), organizations=[]) == []


# --- Failures are answers --------------------------------------------------------------------------------------------

WRONG: Mapping[str, tuple[dict[str, Any], str]] = {
    "an unknown action": ({"action": "list_customer_s"}, "unknown_action"),
    "an unknown input": ({"inputs": {"nmae": "x"}}, "invalid_input"),
    "inputs that are no object": ({"inputs": ["x"]}, "invalid_input"),
    "inputs that are an empty list": ({"inputs": []}, "invalid_input"),
    "inputs that are zero": ({"inputs": 0}, "invalid_input"),
    "inputs that are an empty text": ({"inputs": ""}, "invalid_input"),
    "no action": ({"action": None}, "invalid_input"),
    "a number for an action": ({"action": 5}, "invalid_input"),
    "a list for an action": ({"action": []}, "invalid_input"),
    "half a character in an action": ({"action": "\ud800"}, "invalid_input"),
    "half a character in an organization": ({"organization": "\ud800"}, "invalid_input"),
    "half a character in a key": ({"options": {"key": "\ud800"}}, "invalid_input"),
    "half a character in a configuration's name": ({"configuration": "\ud800"}, "invalid_input"),
    "half a character in a secret": ({"configuration": {"password": "\ud800"}}, "invalid_configuration"),
    "an unknown option": ({"options": {"dryrun": True}}, "invalid_input"),
    "options that are no object": ({"options": ["dry_run"]}, "invalid_input"),
    "an odd dry_run": ({"options": {"dry_run": "no"}}, "invalid_input"),
    "an odd key": ({"options": {"key": 7}}, "invalid_input"),
    "an odd deadline": ({"options": {"deadline_seconds": "soon"}}, "invalid_input"),
    "an endless deadline": ({"options": {"deadline_seconds": float("inf")}}, "invalid_input"),
    "a key for no purchase": ({"options": {"key": "k"}}, "usage"),
    "no time at all": ({"options": {"deadline_seconds": 0}}, "deadline"),
    "an organization nobody knows": ({"organization": "org-x"}, "organization_unknown"),
    "an organization that is no text": ({"organization": 7}, "invalid_input"),
    "a configuration that is neither": ({"configuration": 7}, "invalid_input"),
    "an incomplete configuration": ({"configuration": {"name": "x"}}, "invalid_configuration"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_goes_wrong_is_an_answer(platform: Platform, name: str) -> None:
    changes, code = WRONG[name]
    given = {
        "action": "list_customers", "inputs": {}, "configuration": platform.values(), "organization": None,
        "options": {}, **changes,
    }  # fmt: skip
    told = platform("run_action", **given)
    assert list(told) == ["error"]
    assert told["error"]["code"] == code
    assert set(told["error"]) == {
        "code", "message", "hint", "status_code", "correlation_id", "vendor_message", "retry", "fields",
    }  # fmt: skip


@pytest.mark.parametrize(
    "reference",
    [None, 7, "\ud800.x", "", "create_order", "create_order.", "nothing.customerId", "create_order.nothing"],
)
def test_a_reference_to_no_options_is_an_answer(platform: Platform, reference: str) -> None:
    told = platform("list_options", reference=reference, configuration=platform.values(), query="")
    assert list(told) == ["error"]


def broken_bundle() -> Integration:
    raise BundleError("actions/x.yaml:1: broken.")


def unforeseen() -> Integration:
    raise KeyError("Canary-password-1")


@pytest.mark.parametrize("problem", [SystemExit("Canary"), GeneratorExit(), asyncio.CancelledError()], ids=repr)
def test_what_would_end_the_process_is_an_answer(problem: BaseException) -> None:
    def load() -> Integration:
        raise problem

    told = hookspecs.ask(manager_with(im_cloud=PlatformHooks(load=load)), "describe_integration", NAME)
    assert told["error"]["code"] == "internal"
    assert "Canary" not in json.dumps(told)


def test_the_person_at_the_keyboard_ends_it() -> None:
    def load() -> Integration:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        PlatformHooks(load=load).describe_integration(NAME)


def test_an_integration_that_wants_to_end_the_process_is_named() -> None:
    class Ending:
        @implementation
        def describe_integration(self, integration: str) -> object:
            raise SystemExit(3)

    with pytest.raises(UsageError, match="The integration 'odd' cannot be used: its describe_integration ended with"):
        hookspecs.ask(manager_with(odd=Ending()), "describe_integration", "odd")


@pytest.mark.parametrize(("load", "code"), [(broken_bundle, "bundle_invalid"), (unforeseen, "internal")])
def test_what_cannot_be_loaded_is_an_answer_without_what_was_typed(
    load: Callable[[], Integration], code: str, caplog: pytest.LogCaptureFixture
) -> None:
    manager = manager_with(im_cloud=PlatformHooks(load=load))
    told = hookspecs.ask(manager, "describe_integration", NAME)
    assert told["error"]["code"] == code
    assert "Canary" not in json.dumps(told) + caplog.text


def test_a_purchase_whose_outcome_is_unknown_says_look_first(platform: Platform) -> None:
    marketplace = platform.workplace.marketplace
    marketplace.control.add_fault({"operation": "createOrder", "fault": "reset_after", "times": 1})
    customer = next(row["id"] for row in marketplace.control.state("customers") if row["status"] == "active")
    order = {"type": "sales", "customerId": customer, "products": [{"mpn": "HMP-STD-M", "quantity": 2}]}
    values = platform.values(allow="buy", max_order_amount=None)
    told = platform.run("create_order", order, values, options={"deadline_seconds": 5})
    assert (told["error"]["code"], told["error"]["retry"]) == ("outcome_unknown", "after_check")


def test_no_secret_is_in_any_answer(platform: Platform) -> None:
    values = platform.values()
    answers = [
        platform("describe_integration"),
        platform("check_configuration", values=values),
        platform.run("list_customers", configuration=values),
        platform.run("list_customers", configuration={**values, "extra": 1}),
        platform("suggest_mappings", configuration=values, organizations=handed(platform)),
    ]
    text = json.dumps(answers)
    for key in ("password", "subscription_key"):
        assert str(values[key]) not in text


# --- Whose answer, and from where ------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["", "other", "IM_CLOUD"])
def test_a_plugin_answers_only_to_its_own_name(platform: Platform, other: str) -> None:
    assert platform.manager.hook.describe_integration(integration=other) is None
    assert platform.manager.hook.check_configuration(integration=other, values={}) is None
    with pytest.raises(UsageError, match="No integration is called") as refused:
        hookspecs.ask(platform.manager, "describe_integration", other)
    assert refused.value.hint == "There are: im_cloud."


def test_the_first_answer_is_the_platforms(platform: Platform) -> None:
    class Other:
        @implementation
        def describe_integration(self, integration: str) -> object:
            return {"id": "other"} if integration == "other" else None

    hookspecs.register(platform.manager, Other(), "other")
    assert hookspecs.ask(platform.manager, "describe_integration", "other") == {"id": "other"}
    assert platform.manager.hook.describe_integration(integration=NAME)["id"] == NAME


@pytest.mark.anyio
async def test_a_drop_down_is_given_without_a_query_and_refused_with_an_odd_one(platform: Platform) -> None:
    def ask(query: object) -> Any:
        return platform(
            "list_options", reference="create_order.customerId", configuration=platform.values(), query=query
        )

    assert await asyncio.to_thread(ask, None) == await asyncio.to_thread(ask, "")
    odd: object
    for odd in (7, [], "\ud800"):
        assert (await asyncio.to_thread(ask, odd))["error"]["code"] == "invalid_input"


@pytest.mark.anyio
async def test_hooks_work_where_a_loop_is_running(platform: Platform) -> None:
    assert platform.run("list_customers", {"max_items": 2})["complete"] is False
    assert (await asyncio.to_thread(platform.run, "list_customers"))["complete"] is True


def test_the_installed_plugin_is_found_by_its_entry_point(integration: Integration) -> None:
    (entry,) = entry_points(group=hookspecs.INTEGRATIONS, name=NAME)
    assert entry.load() is hooks
    assert integration.name == NAME
    manager = pluggy.PluginManager(hookspecs.PLATFORM)
    manager.add_hookspecs(hookspecs)
    hookspecs.load_integrations(manager)
    assert manager.get_plugin(NAME) is hooks
    raw = pluggy.PluginManager("automation_platform")
    raw.add_hookspecs(hookspecs)
    raw.load_setuptools_entrypoints("automation_platform.integrations")
    raw.check_pending()
    assert raw.hook.describe_integration(integration=NAME)["id"] == NAME


# --- Plugins that do not fit -----------------------------------------------------------------------------------------


class Misspelt:
    @implementation
    def describe_integraton(self, integration: str) -> None:
        """Nobody asks for this."""


class Curious:
    @implementation
    def check_configuration(self, integration: str, values: object, moon: object) -> None:
        """There is no moon."""


class Waiting:
    @implementation
    async def describe_integration(self, integration: str) -> None:
        """Nobody awaits this."""


class Wrapping:
    @implementation(wrapper=True)
    def describe_integration(self, integration: str) -> Iterator[None]:
        return (yield)


class Unmarked:
    def run_action(self, integration: str) -> None:
        """The decorator was forgotten."""

    @implementation
    def describe_integration(self, integration: str) -> None:
        """This one has it."""


UNFIT: Mapping[str, tuple[object, str]] = {
    "a misspelt hook": (Misspelt(), "did you mean 'describe_integration'"),
    "an argument nobody gives": (Curious(), "moon"),
    "a coroutine": (Waiting(), "plain function"),
    "a wrapper": (Wrapping(), "wraps the hooks of others"),
    "a forgotten decorator": (Unmarked(), "run_action is not marked"),
    "no plugin at all": (SimpleNamespace(name="x"), "implements no hook"),
    "an empty module": (ModuleType("empty"), "implements no hook"),
    "a text": ("im_cloud", "implements no hook"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_a_plugin_that_does_not_fit_is_refused_by_name_and_leaves_nothing(platform: Platform, name: str) -> None:
    plugin, said = UNFIT[name]
    with pytest.raises(UsageError) as refused:
        hookspecs.register(platform.manager, plugin, "wrong_one")
    assert "The integration 'wrong_one' cannot be used" in refused.value.message
    assert said in refused.value.message
    assert platform.manager.get_plugin("wrong_one") is None
    assert platform("describe_integration")["id"] == NAME, "the others go on"


def test_a_name_is_taken_once(platform: Platform) -> None:
    with pytest.raises(UsageError, match="its name is taken"):
        hookspecs.register(platform.manager, PlatformHooks(), "im_cloud")


def answering(answer: object) -> object:
    class Odd:
        @implementation
        def describe_integration(self, integration: str) -> object:
            return answer

        @implementation
        def list_options(self, integration: str) -> object:
            return answer

    return Odd()


@pytest.mark.parametrize(
    ("hook", "answer"),
    [
        ("describe_integration", []),
        ("describe_integration", "text"),
        ("describe_integration", {"a": {1, 2}}),
        ("describe_integration", {"a": float("nan")}),
        ("list_options", {"value": 1}),
        ("list_options", ()),
    ],
)
def test_an_answer_of_the_wrong_kind_is_refused_by_name(hook: str, answer: object) -> None:
    manager = manager_with(odd=answering(answer))
    more = {} if hook == "describe_integration" else {"reference": "a.b", "configuration": None, "query": ""}
    with pytest.raises(UsageError, match=f"The integration 'odd' cannot be used: its {hook} answered"):
        hookspecs.ask(manager, hook, "odd", **more)


def test_an_error_is_an_answer_to_every_hook() -> None:
    manager = manager_with(odd=answering({"error": {"code": "x"}}))
    more = {"reference": "a.b", "configuration": None, "query": ""}
    assert hookspecs.ask(manager, "list_options", "odd", **more) == {"error": {"code": "x"}}


@pytest.mark.parametrize(("hook", "more"), [("run_acton", {}), ("run_action", {"action": "x"}), ("register", {})])
def test_asking_wrongly_is_told(platform: Platform, hook: str, more: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        hookspecs.ask(platform.manager, hook, NAME, **more)
