"""Schemathesis against the gateway, from the document it serves: whatever is sent, the answer is a declared one."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)

from ingram_micro_cloud.sandbox.server import RunningMarketplace
from support.cli import Terminal
from support.gateway import ONE
from support.gateway_process import GatewayProcess, running, save

CHECKS = [not_a_server_error, response_schema_conformance, content_type_conformance, response_headers_conformance]
EXAMPLES = {"everything": 5, "look": 3}
"""Requests of each operation, once of those that fit its schema and once of those that do not."""


@pytest.fixture
def gateway(terminal: Terminal, shared_marketplace: RunningMarketplace) -> Iterator[GatewayProcess]:
    save(terminal)
    rows: Any = shared_marketplace.marketplace.steer(lambda control: control.state("customers"))
    customer = next(row["id"] for row in rows if row["status"] == "active")
    organizations = terminal.home.parent / "organizations.json"
    organizations.write_text(f'[{{"id": "{ONE}", "name": "Alder One"}}]', encoding="utf-8")
    assert terminal("organizations", "import", str(organizations), "--json").status == 0
    assert terminal("mapping", "set", ONE, customer, "--json").status == 0
    with running(terminal) as made:
        yield made
        made.signal()
        assert made.ended() == 0
        assert "unforeseen" not in made.written
        assert "Traceback" not in made.written


@pytest.mark.parametrize("key", ["everything", "look"])
def test_whatever_is_sent_the_answer_is_one_of_the_declared(
    terminal: Terminal, gateway: GatewayProcess, shared_marketplace: RunningMarketplace, key: str,
    closing_line: Callable[[str], None],
) -> None:  # fmt: skip
    token = gateway.key
    if key == "look":
        token = terminal("keys", "add", "look", "--org", ONE, "--json").json["key"]
    with gateway.client() as client:
        document = client.get("/openapi.json").json()
    rows: Any = shared_marketplace.marketplace.steer(lambda control: control.state("customers"))
    known = {"configuration": ["main"], "organization": [ONE], "customer": [row["id"] for row in rows][:3]}
    schema = schemathesis.openapi.from_dict(narrowed(document, known, for_organization=key == "look"))
    statuses: Counter[int] = Counter()
    failures: list[str] = []
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]  # what is no operation fails here
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            send(operation, mode, gateway.url, str(token), EXAMPLES[key], statuses, failures)
    closing_line(f"gateway, {key}: {statuses.total()} requests by Schemathesis, {dict(sorted(statuses.items()))}")
    assert not failures, "\n\n".join(failures[:10])
    assert statuses.total() > 300
    assert statuses[200] > 30


def send(
    operation: Any, mode: GenerationMode, url: str, token: str, examples: int, statuses: Counter[int],
    failures: list[str],
) -> None:  # fmt: skip
    """Send requests of one operation; what does not hold is added to the failures."""
    strategy = operation.as_strategy(generation_mode=mode)

    @hypothesis.seed(5)
    @hypothesis.settings(
        max_examples=examples, deadline=None, database=None, phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    @hypothesis.given(case=strategy)
    def each(case: Any) -> None:
        response = case.call(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=20)
        statuses[response.status_code] += 1
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as problem:
            told = "; ".join(str(failure) for failure in problem.exceptions)
            failures.append(f"{mode.value} {operation.label}: {told[:600]}\n{case.as_curl_command()[:400]}")

    # Where nothing is taken, nothing can be wrong.
    with suppress(hypothesis.errors.Unsatisfiable):
        each()


def narrowed(document: dict[str, Any], known: Mapping[str, list[str]], *, for_organization: bool) -> dict[str, Any]:
    """The same document with ids that exist, so that requests get further than the first lookup, and without waits."""
    for item in document["paths"].values():
        for operation in item.values():
            # A deadline in the past is answered with 504, as it must be.
            kept = [each for each in operation["parameters"] if each["name"] != "deadline_seconds"]
            operation["parameters"] = kept
            for parameter in kept:
                parameter["required"] |= parameter["name"] == "organization" and for_organization
                _narrow(parameter["name"], parameter["schema"], known)
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            for name, schema in body.get("properties", {}).items():
                _narrow(name, schema, known)
            if "seconds" in body.get("properties", {}):
                body["required"] = [*dict.fromkeys([*body.get("required", []), "seconds"])]
    return document


def _narrow(name: str, schema: dict[str, Any], known: Mapping[str, list[str]]) -> None:
    if name in ("configuration", "organization"):
        schema["enum"] = known[name]
    elif name in ("customerId", "customer_id") and schema.get("type") == "string":
        schema["enum"] = known["customer"]
    elif name == "seconds":
        schema["maximum"] = 0
