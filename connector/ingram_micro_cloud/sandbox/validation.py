"""Validation of activation parameters: one result per parameter, nothing changed."""

import uuid

from ingram_micro_cloud.sandbox.calls import Call, Json, Refusal
from ingram_micro_cloud.sandbox.lines import given_parameter, given_parameters, parameter_problem, read_lines
from ingram_micro_cloud.sandbox.offers import period
from ingram_micro_cloud.sandbox.world import World


def validate_parameters(world: World, call: Call) -> Json:
    """Return per product how each of its parameters fares."""
    body = call.json()
    if world.customers.get(body.get("customerId")) is None:
        raise Refusal(400, "customerId is required and must be a customer of yours.")
    products = body.get("products")
    asked = products if isinstance(products, list) else []
    if not asked or any(not isinstance(each, dict) or not isinstance(each.get("parameters"), list) for each in asked):
        raise Refusal(400, "products must hold at least one product, each with its parameters.")
    rows = []
    for line in read_lines(world, asked):
        known = dict(line.offer.needs)
        given = given_parameters(line.asked)
        names = [*known, *(str(each.get("name")) for each in given if each.get("name") not in known)]
        rows.append(
            {
                "id": line.product["id"],
                "mpn": line.offer.mpn,
                "vendor": line.offer.vendor,
                "billingPeriod": period(line.offer.billing),
                "subscriptionPeriod": period(line.offer.term),
                "draftRequestId": _draft(body, line.asked),
                "parameters": [
                    _result(name, known[name], given_parameter(line.asked, name))
                    if name in known
                    else {"name": name, "result": "error", "message": "The product has no such parameter."}
                    for name in names
                ],
            }
        )
    return {"data": rows, "pagination": {"offset": 0, "limit": len(rows), "total": len(rows)}}


def _result(name: str, kind: str, given: Json | None) -> Json:
    problem = parameter_problem(kind, given)  # type: ignore[arg-type]  # kinds come from offers only
    value = given.get("value") if given is not None else None
    return {
        "name": name,
        "result": "success" if problem is None else "error",
        "message": problem or "The value can be used.",
        **({"value": value} if isinstance(value, str) else {}),
        **({"valueError": problem} if problem else {}),
        "phase": "ordering",
        "reconciliation": False,
        "type": "structured" if kind == "attestation" else "string",
    }


def _draft(body: Json, asked: Json) -> str:
    given = asked.get("draftRequestId")
    return given if isinstance(given, str) and given else str(uuid.uuid5(uuid.NAMESPACE_URL, f"{body}"))
