"""What a person lets this server do by the options it is started with; refusals name those options."""

import getpass
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from ingram_micro_cloud.errors import KeyRefusedError
from ingram_micro_cloud.hosts.serving.access import Access
from ingram_micro_cloud.manifest.models import Scope
from ingram_micro_cloud.runtime.permissions import Grant, Permission

OPTIONS: Final = "--org ID (several times if need be), --all-organizations, or --reseller"


@dataclass(frozen=True)  # no slots: super() would then look in the class that slots leave behind
class StartedAccess(Access):
    """The person who started the server, as far as they let it act."""

    @property
    def grant(self) -> Grant:
        """What narrows a configuration."""
        return replace(super().grant, remedy="Whoever starts it can allow it: im-cloud mcp --allow edit (or buy)")

    def for_organization(self, wanted: str | None, *, scope: Scope = "customer") -> str | None:
        """Return the organization to act for, or None for the reseller.

        Raises:
            KeyRefusedError: The options do not allow it. Nothing was sent.
        """
        try:
            return super().for_organization(wanted, scope=scope)
        except KeyRefusedError as problem:
            hint = f"Whoever starts it decides whom it acts for: im-cloud mcp with {OPTIONS}."
            if wanted is None and (self.organizations is None or self.organizations):
                hint = f"Give the argument organization. {hint}"
            raise KeyRefusedError(problem.message, code=problem.specific_code, hint=hint) from problem


def started_access(
    permission: Permission,
    *,
    organizations: Collection[str] | None,
    reseller: bool,
    configurations: Collection[str] | None,
) -> StartedAccess:
    """Return what the options allow.

    Args:
        permission: The most; a configuration may allow less.
        organizations: Those it acts for; None for every one.
        reseller: Whether it may act without an organization.
        configurations: Those it may use; None for every one.
    """
    return StartedAccess(
        f"{getpass.getuser()} by MCP",
        permission,
        None if organizations is None else frozenset(organizations),
        reseller,
        configurations=None if configurations is None else frozenset(configurations),
    )


def unknown_organizations(access: Access, known: Collection[str]) -> str | None:
    """Return a sentence on those it acts for that no source has given, or None."""
    unknown = sorted((access.organizations or frozenset()) - frozenset(known))
    if not unknown:
        return None
    one = len(unknown) == 1
    return (
        f"{'No organization' if one else 'No organizations'} {', '.join(unknown)} {'is' if one else 'are'} known here; "
        "calls for them are refused until then. Bring them in: im-cloud organizations import FILE"
    )


def standing(access: Access) -> str:
    """Return one sentence on whom the server acts for, with what to do when that is nobody."""
    if access.organizations is None:
        whom = "every organization"
    elif access.organizations:
        whom = f"the organizations {', '.join(sorted(access.organizations))}"
    elif access.reseller:
        return f"It may {access.permission}, acting for the reseller."
    else:
        return f"It may {access.permission}, but acts for nobody yet: only the catalogue can be read. Add {OPTIONS}."
    return f"It may {access.permission}, acting for {whom}{' and the reseller' if access.reseller else ''}."
