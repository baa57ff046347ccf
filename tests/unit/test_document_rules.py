"""Each rule of importers, with a document that breaks exactly it."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from ingram_micro_cloud import Integration
from ingram_micro_cloud.hosts.documents.findings import DocumentKind
from ingram_micro_cloud.hosts.documents.import_rules import RULES, findings, rules_table
from ingram_micro_cloud.hosts.documents.openapi import imported_document
from ingram_micro_cloud.hosts.documents.rules_document import MOST_BYTES
from ingram_micro_cloud.hosts.documents.rules_power import MOST_BYTES as MOST_SWAGGER_BYTES
from ingram_micro_cloud.hosts.documents.swagger import swagger_document

Json = dict[str, Any]
Break = Callable[[Json], object]
CUSTOMER, ORDER, LIST = "/actions/get_customer", "/actions/create_order", "/actions/list_customers"


def get(document: Json, path: str = CUSTOMER) -> Json:
    found: Json = document["paths"][path]["get"]
    return found


def order(document: Json) -> Json:
    found: Json = document["paths"][ORDER]["post"]
    return found


def members(document: Json) -> Json:
    found: Json = order(document)["requestBody"]["content"]["application/json"]["schema"]["properties"]
    return found


def shared(document: Json, **schemas: Json) -> None:
    document["components"]["schemas"].update(schemas)


def schemes(document: Json) -> Json:
    found: Json = document["components"]["securitySchemes"]
    return found


def without(document: Json, name: str) -> None:
    told = get(document, LIST)
    told["parameters"] = [each for each in told["parameters"] if each["name"] != name]


def query(document: Json, name: str, path: str = CUSTOMER) -> Json:
    found: Json = next(each for each in get(document, path)["parameters"] if each["name"] == name)
    return found


def answering(document: Json, **members: Json) -> None:
    media(document)["schema"] = {"type": "object", "properties": members}


def media(document: Json) -> Json:
    found: Json = get(document, LIST)["responses"]["200"]["content"]["application/json"]
    return found


def unserved(document: Json) -> None:
    document["paths"].pop("/mapping/customers")
    document["paths"].pop("/options/{action_id}/{input}")


def moved(document: Json, old: str, new: str) -> None:
    document["paths"][new] = document["paths"].pop(old)


OPENAPI: list[tuple[str, str, Break]] = [
    ("R01", "another version", lambda d: d.update(openapi="3.1.0")),
    ("R01", "no version", lambda d: d.pop("openapi")),
    ("R02", "too large", lambda d: d["components"].update(x="a" * MOST_BYTES)),
    ("R03", "a special character", lambda d: d["info"].update(title="Cloud <Marketplace>")),
    ("R03", "a name that ends in API", lambda d: d["info"].update(title="Marketplace API")),
    ("R04", "no overview", lambda d: d["info"].update(description=" ")),
    ("R04", "an overview that is cut", lambda d: d["info"].update(description="a" * 251)),
    ("R04", "no version of its own", lambda d: d["info"].pop("version")),
    ("R05", "no server", lambda d: d.pop("servers")),
    ("R05", "a server without a host", lambda d: d["servers"][0].update(url="/api")),
    ("R05", "a slash at its end", lambda d: d["servers"][0].update(url="https://gateway.example.com/")),
    ("R05", "credentials in it", lambda d: d["servers"][0].update(url="https://a:b@gateway.example.com")),
    ("R06", "two schemes", lambda d: schemes(d).update(Two={"type": "http", "scheme": "bearer"})),
    ("R06", "a key in the query", lambda d: schemes(d)["AccessKey"].update(type="apiKey")),
    ("R06", "not asked for", lambda d: d.update(security=[])),
    ("R06", "an operation without", lambda d: get(d).update(security=[])),
    ("R07", "no summary", lambda d: get(d).pop("summary")),
    ("R07", "a long one", lambda d: get(d).update(summary="a" * 101)),
    ("R07", "one that another has", lambda d: get(d).update(summary="list CUSTOMERS")),
    ("R08", "no id", lambda d: get(d).pop("operationId")),
    ("R08", "an id with a space", lambda d: get(d).update(operationId="get customer")),
    ("R08", "one that is another's in snake case", lambda d: get(d).update(operationId="listCustomers")),
    ("R09", "no tag", lambda d: get(d).update(tags=[])),
    ("R09", "two tags", lambda d: get(d).update(tags=["Customers", "Orders"])),
    ("R09", "one that is not declared", lambda d: get(d).update(tags=["Strangers"])),
    ("R09", "a tag declared twice", lambda d: d["tags"].append({"name": "CUSTOMERS"})),
    ("R10", "no description", lambda d: get(d).pop("description")),
    ("R10", "a long one", lambda d: get(d).update(description="a" * 501)),
    ("R10", "markup", lambda d: get(d).update(description="A <b>bold</b> word.")),
    ("R10", "a parameter without", lambda d: get(d)["parameters"][0].pop("description")),
    ("R11", "deprecated", lambda d: get(d).update(deprecated=True)),
    ("R12", "an undeclared part of the path", lambda d: moved(d, CUSTOMER, "/actions/{action}")),
    ("R12", "an optional part of it",
     lambda d: get(d, "/options/{action_id}/{input}")["parameters"][0].update(required=False)),
    ("R12", "a cookie", lambda d: get(d)["parameters"][0].update({"in": "cookie"})),
    ("R13", "a reserved parameter", lambda d: get(d)["parameters"][0].update(name="id")),
    ("R13", "a reserved member", lambda d: members(d).update(type=members(d)["customerId"])),
    ("R14", "a body without content", lambda d: order(d).update(requestBody={"content": {}})),
    ("R14", "a body of another kind",
     lambda d: order(d).update(requestBody={"content": {"text/plain": {"schema": {"type": "string"}}}})),
    ("R15", "an answer without content", lambda d: get(d)["responses"]["404"].pop("content")),
    ("R15", "content without a schema",
     lambda d: get(d)["responses"]["404"].update(content={"application/json": {}})),
    ("R15", "no success", lambda d: get(d)["responses"].pop("200")),
    ("R16", "a default of another type", lambda d: members(d)["customerId"].update(default=1)),
    ("R16", "true as a number", lambda d: shared(d, x={"type": "integer", "default": True})),
    ("R17", "a reference to nothing", lambda d: shared(d, x={"$ref": "#/components/schemas/missing"})),
    ("R17", "a reference to elsewhere", lambda d: shared(d, x={"$ref": "other.json#/a"})),
    ("R17", "a reference to itself",
     lambda d: shared(d, x={"properties": {"y": {"$ref": "#/components/schemas/y"}}},
                      y={"items": {"$ref": "#/components/schemas/x"}})),
    ("R18", "a slash at the end", lambda d: moved(d, CUSTOMER, f"{CUSTOMER}/")),
    ("R18", "a query in the path", lambda d: moved(d, CUSTOMER, f"{CUSTOMER}?a=1")),
    ("R19", "a broken pattern", lambda d: members(d)["customerId"].update(pattern="[a-")),
    ("R20", "a required name that is missing", lambda d: shared(d, x={"required": ["a"], "properties": {"b": {}}})),
    ("R21", "many alternatives", lambda d: shared(d, x={"oneOf": [{"type": "string"}] * 5})),
    ("R21", "alternatives inside alternatives",
     lambda d: shared(d, x={"anyOf": [{"items": {"oneOf": [{}, {}]}}, {"type": "string"}]})),
    ("R22", "an empty enum", lambda d: shared(d, x={"type": "string", "enum": []})),
    ("R22", "a value twice", lambda d: shared(d, x={"type": "string", "enum": ["a", "a"]})),
    ("R22", "a value of another type", lambda d: shared(d, x={"type": "string", "enum": ["a", 1]})),
    ("R22", "null where it is not allowed", lambda d: shared(d, x={"type": "string", "enum": ["a", None]})),
    ("R23", "a list without offset", lambda d: without(d, "offset")),
    ("R23", "a larger limit", lambda d: query(d, "limit", LIST)["schema"].update(maximum=5000)),
    ("R23", "no total", lambda d: answering(d, items={"type": "array", "items": {}})),
    ("R23", "rows under another name", lambda d: answering(d, total={}, rows={"type": "array", "items": {}})),
    ("R24", "nothing to map from", unserved),
]  # fmt: skip


def values(document: Json) -> Json:
    found: Json = query(document, "customer_id")["x-ms-dynamic-values"]
    return found


def many(document: Json) -> None:
    for number in range(300):
        each = deepcopy(get(document))
        each |= {"operationId": f"get_{number}", "summary": f"Get {number}", "parameters": [], "responses": {}}
        document["paths"][f"/more/{number}"] = {"get": each}


def wide(document: Json) -> None:
    body = next(each for each in order(document)["parameters"] if each["in"] == "body")
    body["schema"]["properties"].update({f"m{number}": {"type": "string"} for number in range(513)})


SWAGGER: list[tuple[str, str, Break]] = [
    ("R25", "another version", lambda d: d.update(swagger="1.2")),
    ("R26", "too large", lambda d: d.update({"x-large": "a" * MOST_SWAGGER_BYTES})),
    ("R27", "too many operations", many),
    ("R28", "too many schemas in a body", wide),
    ("R29", "two schemes", lambda d: d["securityDefinitions"].update(Two={"type": "basic"})),
    ("R29", "client credentials",
     lambda d: d["securityDefinitions"].update(AccessKey={"type": "oauth2", "flow": "application"})),
    ("R30", "a host with a scheme", lambda d: d.update(host="https://gateway.example.com")),
    ("R30", "no base path", lambda d: d.pop("basePath")),
    ("R30", "no schemes", lambda d: d.pop("schemes")),
    ("R31", "a parameter without a title", lambda d: query(d, "customer_id").pop("x-ms-summary")),
    ("R31", "an unknown visibility", lambda d: query(d, "customer_id").update({"x-ms-visibility": "hidden"})),
    ("R32", "filled by nothing", lambda d: values(d).update(operationId="list_nothing")),
    ("R32", "given what is not taken", lambda d: values(d)["parameters"].update(colour="red")),
    ("R32", "not given what is needed", lambda d: values(d)["parameters"].pop("action_id")),
    ("R33", "hidden, required and without a default",
     lambda d: query(d, "customer_id").update({"x-ms-visibility": "internal", "required": True})),
    ("R07", "no summary", lambda d: get(d).pop("summary")),
    ("R16", "a default of another type", lambda d: query(d, "dry_run").update(default="no")),
    ("R17", "a reference to nothing", lambda d: d["definitions"].update(x={"$ref": "#/definitions/missing"})),
    ("R19", "a broken pattern", lambda d: query(d, "customer_id").update(pattern="[a-")),
]  # fmt: skip


@pytest.fixture(scope="module")
def good(integration: Integration) -> dict[DocumentKind, Json]:
    url = "https://gateway.example.com"
    made: dict[DocumentKind, Json] = {
        "openapi": imported_document(integration, url), "swagger": swagger_document(integration, url),
    }  # fmt: skip
    assert [findings(document, kind) for kind, document in made.items()] == [(), ()]
    return made


CASES: list[tuple[DocumentKind, str, str, Break]] = [
    *(("openapi", *case) for case in OPENAPI),
    *(("swagger", *case) for case in SWAGGER),
]


@pytest.mark.parametrize(("kind", "rule", "breaks"), [pytest.param(k, r, b, id=f"{k} {r} {n}") for k, r, n, b in CASES])
def test_a_document_that_breaks_a_rule_is_found_by_it_alone(
    good: dict[DocumentKind, Json], kind: DocumentKind, rule: str, breaks: Break
) -> None:
    document = deepcopy(good[kind])
    breaks(document)
    found = findings(document, kind)
    assert {each.rule for each in found} == {rule}, [str(each) for each in found]
    assert all(each.sentence.endswith(".") for each in found)


def test_every_rule_is_broken_by_a_case_and_numbered_once() -> None:
    assert [rule.id for rule in RULES] == [f"R{number:02}" for number in range(1, len(RULES) + 1)]
    assert {rule for _, rule, _, _ in CASES} == {rule.id for rule in RULES}


def test_a_finding_names_rule_place_and_sentence(good: dict[DocumentKind, Json]) -> None:
    document = deepcopy(good["openapi"])
    get(document)["summary"] = "a" * 101
    assert str(findings(document, "openapi")[0]) == (
        "R07 paths./actions/get_customer.get.summary: needs 1 to 100 characters and has 101."
    )


def test_the_table_gives_every_rule_with_its_reason() -> None:
    table = rules_table()
    for rule in RULES:
        assert f"| {rule.id} | " in table
        assert rule.says in table
        assert rule.reason in table
