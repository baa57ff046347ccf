"""Customers and resellers: lists, details, creation, changes."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from ingram_micro_cloud.sandbox.calls import Call, Json, Refusal
from ingram_micro_cloud.sandbox.table import Table
from ingram_micro_cloud.sandbox.world import OWN_RESELLER, World

STATES: Final = ("pending", "active", "creditHold", "adminHold", "cancelled", "error")
CHANGEABLE_STATES: Final = ("active", "creditHold")
ADDRESS: Final = ("streetAddress", "postalCode", "city", "countryCode")
CONTACT: Final = ("type", "firstName", "lastName", "email", "phoneNumber")
LOGIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{4,255}")


class Accounts:
    """The operations on customers and resellers."""

    def __init__(self, world: World) -> None:
        self._world = world

    def list_customers(self, call: Call) -> Json:
        """Return thin rows: id, external id, name, status."""
        return self._world.customers.page(call, _wanted(call, "resellerId"), _thin)

    def list_reseller_customers(self, call: Call, reseller: str) -> Json:
        """Return the customers of one reseller."""
        self._world.resellers.need(reseller, "reseller")
        inner = _wanted(call)
        return self._world.customers.page(
            call, lambda row: row["resellerId"] == reseller and (inner is None or inner(row)), _thin
        )

    def list_resellers(self, call: Call) -> Json:
        """Return whole rows."""
        return self._world.resellers.page(call, _wanted(call), _public)

    def customer(self, key: str) -> Json:
        """Return one customer."""
        return _public(self._world.customers.need(key, "customer"))

    def reseller(self, key: str) -> Json:
        """Return one reseller."""
        return _public(self._world.resellers.need(key, "reseller"))

    def create_customer(self, call: Call, reseller: str = OWN_RESELLER) -> Json:
        """Keep a new customer of a reseller."""
        self._world.resellers.need(reseller, "reseller")
        made = _created(call.json(), self._world.customers, ())
        made["resellerId"] = reseller
        return _public(self._world.customers.add(made))

    def create_reseller(self, call: Call) -> Json:
        """Keep a new reseller."""
        body = call.json()
        made = _created(body, self._world.resellers, ("currency",))
        made |= {key: body[key] for key in ("currency", "taxationProviderName", "customerClass") if key in body}
        return _public(self._world.resellers.add(made))

    def update(self, call: Call, table: Table, key: str, what: str) -> Json:
        """Change an account; the vendor takes these members only, and only two states."""
        row, body = table.need(key, what), call.json()
        taken = ("externalId", "name", "taxRegId", "status", "address", "contactPersons")
        if stranger := next((name for name in body if name not in (*taken, "id")), None):
            raise Refusal(400, f"{stranger} cannot be changed.")
        for name in ("externalId", "name", "taxRegId"):
            if name in body and not isinstance(body[name], str):
                raise Refusal(400, f"{name} must be a text.")
        if body.get("name") == "":
            raise Refusal(400, "name must not be empty.")
        if "status" in body and body["status"] not in CHANGEABLE_STATES:
            raise Refusal(400, f"status can only be set to: {', '.join(CHANGEABLE_STATES)}.")
        _check_parts(body, table, row)
        row |= {name: body[name] for name in taken if name in body}
        return _public(row)


def has_admin(account: Json) -> bool:
    """Return whether an account has an administrator, without whom nothing can be ordered."""
    contacts = account.get("contactPersons")
    return isinstance(contacts, list) and any(contact["type"] == "admin" for contact in contacts)


def _created(body: Json, table: Table, more: tuple[str, ...]) -> Json:
    for name in ("name", "language", "address", "contactPersons", *more):
        if not body.get(name):
            raise Refusal(400, f"{name} is required.")
    if body.get("status", "active") not in STATES:
        raise Refusal(400, f"status must be one of: {', '.join(STATES)}.")
    _check_parts(body, table, None)
    kept = ("externalId", "attributes", "name", "language", "taxRegId", "address", "contactPersons")
    return {
        "id": table.new_id(),
        "status": body.get("status", "active"),
        **{key: body[key] for key in kept if key in body},
    }


def _check_parts(body: Json, table: Table, own: Json | None) -> None:
    address, contacts = body.get("address"), body.get("contactPersons")
    if "address" in body:
        _check_members(address, ADDRESS, "address")
        if isinstance(address, dict) and not re.fullmatch("[A-Z]{2}", str(address["countryCode"])):
            raise Refusal(400, "address.countryCode must be two capital letters.")
    if "contactPersons" in body:
        if not isinstance(contacts, list) or not contacts:
            raise Refusal(400, "contactPersons must hold at least one person.")
        for person in contacts:
            _check_members(person, CONTACT, "contactPersons")
            if person["type"] not in ("admin", "billing", "technical"):
                raise Refusal(400, "contactPersons.type must be admin, billing or technical.")
            if "login" in person and not LOGIN.fullmatch(str(person["login"])):
                raise Refusal(400, "contactPersons.login needs at least 5 plain characters.")
    external = body.get("externalId")
    if external and any(row.get("externalId") == external and row is not own for row in table.all()):
        raise Refusal(400, "externalId is taken by another account.")


def _check_members(value: object, needed: tuple[str, ...], what: str) -> None:
    if not isinstance(value, dict):
        raise Refusal(400, f"{what} must be an object.")
    for name in needed:
        if not isinstance(value.get(name), str) or not value[name]:
            raise Refusal(400, f"{what}.{name} is required.")


def _wanted(call: Call, *exact: str) -> Callable[[Json], bool] | None:
    name, email, external = call.first("name"), call.first("email"), call.first("externalId")
    others = {key: value for key in exact if (value := call.first(key)) is not None}
    if name is None and email is None and external is None and not others:
        return None

    def wanted(row: Json) -> bool:
        return (
            (name is None or name.casefold() in str(row["name"]).casefold())
            and (external is None or row.get("externalId") == external)
            and (email is None or _reaches(row, email))
            and all(row.get(key) == value for key, value in others.items())
        )

    return wanted


def _reaches(row: Json, email: str) -> bool:
    contacts = row.get("contactPersons")
    return isinstance(contacts, list) and any(
        str(person.get("email", "")).casefold() == email.casefold() for person in contacts
    )


def _thin(row: Mapping[str, object]) -> Json:
    return {key: row[key] for key in ("id", "externalId", "name", "status") if key in row}


def _public(row: Json) -> Json:
    contacts = row.get("contactPersons")
    secret = ("login", "password")
    shown = [
        {key: value for key, value in person.items() if key not in secret}
        for person in (contacts if isinstance(contacts, list) else [])
    ]
    return {**row, "contactPersons": shown}
