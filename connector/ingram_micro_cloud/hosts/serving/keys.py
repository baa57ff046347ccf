"""Access keys: made once and shown once, known again by their keyed hash, revoked by name."""

import hmac
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from pydantic import SecretStr

from ingram_micro_cloud.errors import KeyMissingError, KeyRefusedError, UsageError
from ingram_micro_cloud.hosts.serving.access import Access
from ingram_micro_cloud.runtime.permissions import Permission
from ingram_micro_cloud.store.access_keys import StoredKey
from ingram_micro_cloud.store.state import State

PREFIX: Final = "imc_"
"""Keys begin with this, so that secret scanners and people know one when they see it."""
_DAY: Final = 86_400.0
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,79}")


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key: the only time it can be read."""

    key: StoredKey
    token: SecretStr


@dataclass(frozen=True)
class KeyRing:
    """The keys of one state, and those of this run alone.

    Attributes:
        now: Seconds since 1970.
        run_keys: Keys that end with this process.
    """

    state: State
    now: Callable[[], float]
    run_keys: Mapping[str, Access] = field(default_factory=dict, repr=False)

    def access(self, token: str | None) -> Access:
        """Return what the holder of a key may do.

        Raises:
            KeyMissingError: There is none.
            KeyRefusedError: It is not known, was revoked or has ended (key_unknown); which of these is not told.
        """
        if not token:
            raise KeyMissingError(
                "This needs an access key.",
                hint="Send it as: Authorization: Bearer KEY. Make one: im-cloud keys add NAME",
            )
        for known, access in self.run_keys.items():
            if hmac.compare_digest(known.encode(), token.encode(errors="replace")):
                return access
        found = self.state.access_keys.find(self._fingerprint(token))
        if found is None or (found.expires_at is not None and found.expires_at <= self.now()):
            raise KeyRefusedError(
                "The access key is not known here.",
                code="key_unknown",
                hint="Look whether it was copied whole; revoked and ended keys are not known either. "
                "Make one: im-cloud keys add NAME",
            )
        return access_of(found)

    def issue(
        self,
        name: str,
        *,
        by: str,
        permission: Permission = "look",
        organizations: Collection[str] = (),
        every_organization: bool = False,
        reseller: bool = False,
        manage: bool = False,
        configurations: Collection[str] | None = None,
        days: float | None = None,
    ) -> IssuedKey:
        """Make a key.

        Args:
            name: Tells it from others, in the journal and the audit too.
            by: Who makes it.
            permission: The most its holder may do; a configuration may allow less.
            organizations: Those it acts for.
            every_organization: It acts for all of them, also later ones.
            reseller: It may act without an organization.
            manage: It may save configurations, change the mapping and approve orders; only together with every
                organization and the reseller, because mapping shows all customers.
            configurations: Those it may use; None for every one.
            days: It ends after so many days.

        Raises:
            UsageError: The name is taken or odd, or the key could do nothing, or too much at once.
        """
        _check(name, organizations, every_organization=every_organization, reseller=reseller, manage=manage)
        token = PREFIX + secrets.token_urlsafe(32)
        made = self.now()
        key = StoredKey(
            name=name,
            fingerprint=self._fingerprint(token),
            permission=permission,
            organizations=None if every_organization else tuple(sorted(set(organizations))),
            configurations=None if configurations is None else tuple(sorted(set(configurations))),
            reseller=reseller,
            manage=manage,
            created_by=by,
            created_at=made,
            expires_at=None if days is None else made + days * _DAY,
        )
        if not self.state.access_keys.add(key):
            raise UsageError(
                f"There is a key called {name} already.",
                hint=f"Give the new one another name, switch its holder over, then: im-cloud keys remove {name}",
            )
        return IssuedKey(key, SecretStr(token))

    def all(self) -> tuple[StoredKey, ...]:
        """Return every stored key, by name; of the keys themselves nothing is left."""
        return self.state.access_keys.all()

    def revoke(self, name: str) -> None:
        """Let a key work no longer, from now on.

        Raises:
            UsageError: There is none of this name.
        """
        if not self.state.access_keys.remove(name):
            known = ", ".join(each.name for each in self.all()) or "none"
            raise UsageError(f"There is no key called {name}.", hint=f"There are: {known}.")

    def _fingerprint(self, token: str) -> str:
        return self.state.fingerprint("access key", token.encode(errors="replace").decode())


def access_of(key: StoredKey) -> Access:
    """Return what the holder of a stored key may do."""
    return Access(
        f"key {key.name}",
        cast("Permission", key.permission),
        None if key.organizations is None else frozenset(key.organizations),
        key.reseller,
        key.manage,
        None if key.configurations is None else frozenset(key.configurations),
        # A name may be given to another key later; what the first one fetched is none of its business.
        f"{key.name}-{key.fingerprint[:16]}",
    )


def run_key(access: Access) -> tuple[SecretStr, Mapping[str, Access]]:
    """Return a key for this process alone, and what a ``KeyRing`` takes to know it."""
    token = PREFIX + "run_" + secrets.token_urlsafe(32)
    return SecretStr(token), {token: access}


def _check(
    name: str, organizations: Collection[str], *, every_organization: bool, reseller: bool, manage: bool
) -> None:
    if not _NAME.fullmatch(name):
        raise UsageError(
            "A key's name has letters, digits and . _ @ - and at most 80 of them.", hint="For example: rewst-production"
        )
    if every_organization and organizations:
        raise UsageError("A key is either for every organization or for those that are named.", hint="Leave one out.")
    if manage and not (every_organization and reseller):
        raise UsageError(
            "A key that manages sees every customer, so it must be made for all of them.",
            hint="Add --all-organizations --reseller, or leave out --manage.",
        )
    if not (organizations or every_organization or reseller):
        raise UsageError(
            "This key could do nothing: it names no organization.",
            hint="Add --org ID (several times if need be), --all-organizations, or --reseller.",
        )
