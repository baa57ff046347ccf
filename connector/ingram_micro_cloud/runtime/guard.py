"""The customer guard: with an organization, only its own customer may be touched. Fails closed.

Mapping an organization to a customer is not part of this version yet, so every organization is one the guard
has never heard of, and actions of customer scope are refused before anything is sent.
"""

from ingram_micro_cloud.errors import GuardRefusedError, OrganizationNotMappedError
from ingram_micro_cloud.manifest.models import Scope


def admit(scope: Scope, *, organization: str | None, what: str) -> None:
    """Let a call through, or refuse it before any request.

    Raises:
        OrganizationNotMappedError: The organization has no customer to act for.
        GuardRefusedError: The action acts for the reseller, or nobody can tell whose the path is.
    """
    if organization is None or scope == "catalogue":
        return
    if scope == "customer":
        raise OrganizationNotMappedError(
            f"Nothing was sent. The organization {organization!r} is not mapped to an Ingram customer.",
            hint="This version cannot map organizations yet. Without an organization the action acts for the reseller.",
        )
    reason = (
        "acts for the whole reseller, not for one organization"
        if scope == "reseller"
        else "goes to a path whose owner cannot be verified"
    )
    raise GuardRefusedError(
        f"Nothing was sent. {what} {reason}.", hint="Run it without an organization to act for the reseller."
    )
