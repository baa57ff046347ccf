"""Whom a serving host acts for, and the most it may do. Pure."""

import getpass
from collections.abc import Collection
from dataclasses import dataclass

from ingram_micro_cloud.errors import KeyRefusedError
from ingram_micro_cloud.manifest.models import Scope
from ingram_micro_cloud.runtime.permissions import Grant, Permission


@dataclass(frozen=True, slots=True)
class Access:
    """The holder of a key, or the person who started the host.

    Attributes:
        who: Kept with approvals, in the journal and in the audit.
        permission: The most that may be done; a configuration may allow less.
        organizations: Those it acts for; None for every one.
        reseller: Whether it may act without an organization.
        manage: Whether it may save configurations, change the mapping and approve orders.
        configurations: Those it may use; None for every one.
        folder: What the folder of its files is called; by default ``who``.
    """

    who: str
    permission: Permission = "look"
    organizations: frozenset[str] | None = frozenset()
    reseller: bool = False
    manage: bool = False
    configurations: frozenset[str] | None = None
    folder: str | None = None

    @property
    def grant(self) -> Grant:
        """What narrows a configuration for this holder."""
        remedy = "Whoever runs this host can make a key that may: im-cloud keys add NAME --allow edit (or buy)."
        return Grant(self.who, self.permission, remedy)

    def for_organization(self, wanted: str | None, *, scope: Scope = "customer") -> str | None:
        """Return the organization to act for, or None for the reseller.

        Args:
            wanted: The one that was named.
            scope: Of the action; what only reads the catalogue is nobody's and needs no organization.

        Raises:
            KeyRefusedError: None was named and the holder may not act for the reseller (organization_required), or it
                is not one of the holder's (organization_refused). Nothing was sent.
        """
        if wanted is None:
            if self.reseller or scope == "catalogue":
                return None
            raise KeyRefusedError(
                f"Nothing was sent. {self.who} acts for organizations only, and none was named.",
                code="organization_required",
                hint="Name an organization. Only a key made with --reseller acts without one (im-cloud keys add).",
            )
        if self.organizations is not None and wanted not in self.organizations:
            raise KeyRefusedError(
                f"Nothing was sent. {self.who} does not act for this organization.",
                code="organization_refused",
                hint="Use the key that was made for it, or ask whoever runs this host for one.",
            )
        return wanted

    def for_configuration(self, wanted: str | None) -> str | None:
        """Return the name of the configuration to use, or None for the default one.

        Raises:
            KeyRefusedError: It is not one of the holder's (configuration_refused). Nothing was sent.
        """
        if self.configurations is None:
            return wanted
        if wanted is None and len(self.configurations) == 1:
            return next(iter(self.configurations))
        if wanted is None or wanted not in self.configurations:
            raise KeyRefusedError(
                f"Nothing was sent. {self.who} may not use this configuration.",
                code="configuration_refused",
                hint="Name one the key was made for, or ask whoever runs this host.",
            )
        return wanted

    def require_manage(self) -> None:
        """Let only those pass who may save configurations, change the mapping and approve orders.

        Raises:
            KeyRefusedError: The holder may not (manage_required).
        """
        if not self.manage:
            raise KeyRefusedError(
                f"Nothing was changed. {self.who} may not save configurations, change the mapping or approve orders.",
                code="manage_required",
                hint="It takes a key made with: im-cloud keys add NAME --manage",
            )


def local_access(
    permission: Permission = "buy",
    *,
    who: str | None = None,
    organizations: Collection[str] | None = None,
    reseller: bool = True,
    manage: bool = True,
    configurations: Collection[str] | None = None,
) -> Access:
    """Return what the person who starts a host may do: by default everything, and the configuration decides.

    Args:
        permission: The most.
        who: By default the operating system's user.
        organizations: Those it acts for; None for every one.
        reseller: Whether it may act without an organization.
        manage: Whether it may save configurations, change the mapping and approve orders.
        configurations: Those it may use; None for every one.
    """
    return Access(
        who or getpass.getuser(),
        permission,
        None if organizations is None else frozenset(organizations),
        reseller,
        manage,
        None if configurations is None else frozenset(configurations),
    )
