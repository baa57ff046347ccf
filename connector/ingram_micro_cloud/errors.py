"""Every error a caller can meet, in one tree.

IngramMicroCloudError
├─ InternalError                  a mistake of ours                     → report it             (exit 1)
├─ BundleError                    our YAML is wrong                     → fix the named file and line
├─ UsageError                     the call is wrong                     → fix the call          (exit 2)
│  ├─ UnknownActionError
│  └─ InputError                    per-field problems
├─ ConfigurationError             the form or the credentials           → fix the configuration (exit 3)
│  ├─ ConfigurationMissingError
│  ├─ ConfigurationInvalidError     per-field problems
│  ├─ SignInRefusedError            the vendor's /token said no
│  └─ StateError                    what is stored cannot be used
│     ├─ StateDamagedError
│     └─ StateKeyError
├─ OrganizationNotMappedError     no customer for this organization     → map it                (exit 4)
├─ MarketplaceError               vendor or network, certainly not done → see ``retry``         (exit 5)
│  ├─ UnreachableError              DNS, TLS, connection, time-out
│  ├─ CallBudgetError               our own limiter: waiting would pass the deadline
│  ├─ DeadlineError                 the run's own deadline passed
│  ├─ UnreadableAnswerError         HTML, an empty body, broken JSON
│  ├─ IncompleteListError           a list stopped before its total
│  ├─ SeatsDifferError              completed, but not the seats that were ordered
│  └─ StatusError                   the vendor answered with an error status
│     ├─ RejectedError        400, 422 and other 4xx    ├─ AuthenticationError 401
│     ├─ AccessDeniedError    403                       ├─ NotFoundError       404
│     ├─ ConflictError        409                       ├─ RateLimitedError    429
│     ├─ QuotaExhaustedError  the day's calls are used  ├─ RedirectRefusedError 3xx
│     └─ ServerError          5xx
├─ RefusedError                   refused on our side, nothing was sent                         (exit 6)
│  ├─ KeyMissingError               a serving host was called without a key
│  ├─ KeyRefusedError               its key does not allow that
│  ├─ PermissionRefusedError        above look, edit or buy
│  ├─ VetoedError                   an installed extension objects
│  ├─ GuardRefusedError             outside the organization's customer
│  ├─ EgressRefusedError            another host, or replaced authentication
│  ├─ BuyingRuleRefusedError        over what the buying rules allow
│  ├─ PossibleDuplicateError        the same was just ordered, or may have been
│  ├─ PreviewRefusedError           the preview cannot be used, or not yet
│  ├─ OrderUnderWayError            an earlier order for this subscription is not finished
│  ├─ SeatsRefusedError             the seats cannot be had this way
│  └─ QuantityMeaningError          the vendor would read the quantity the other way
└─ OutcomeUnknownError            sent, and no readable answer: look before anything else       (exit 7)

Each class has one stable ``code``; classes whose situation has finer shades list them in ``codes``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import ClassVar, Literal

RetryVerdict = Literal["yes", "no", "after_check"]


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with one value: JSON pointer into the input, stable code, sentence for a person."""

    pointer: str
    code: str
    message: str


class IngramMicroCloudError(Exception):
    """What every error of this package is.

    Attributes:
        message: One sentence that says what happened.
        hint: What to do next, or None.
        status_code: The vendor's HTTP status, when it answered.
        correlation_id: The vendor's ``X-Correlation-ID``; their support asks for it.
        vendor_message: The vendor's own words, redacted.
        retry: Whether the same call may simply be made again.
        retry_after: Seconds until that makes sense, when known.
        fields: Which inputs are meant, for errors about inputs or form fields.
        calls: HTTP requests that had been sent when this arose, sign-in and retries included.
    """

    code: ClassVar[str] = "error"
    codes: ClassVar[dict[str, str]] = {}
    summary: ClassVar[str] = "Anything this package raises."
    exit_status: ClassVar[int] = 1
    default_retry: ClassVar[RetryVerdict] = "no"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        hint: str | None = None,
        status_code: int | None = None,
        correlation_id: str | None = None,
        vendor_message: str | None = None,
        retry: RetryVerdict | None = None,
        retry_after: float | None = None,
        fields: Sequence[FieldProblem] = (),
    ) -> None:
        super().__init__(message)
        if code is not None and code != self.code and code not in self.codes:
            raise ValueError(f"{type(self).__name__} does not declare the code {code!r}")
        self.message = message
        self.specific_code = code or self.code
        self.hint = hint
        self.status_code = status_code
        self.correlation_id = correlation_id
        self.vendor_message = vendor_message
        self.retry: RetryVerdict = retry or self.default_retry
        self.retry_after = retry_after
        self.fields = tuple(fields)
        self.calls = 0

    def as_json(self) -> dict[str, object]:
        """Return the one error object every surface prints (`run --json`, hooks, gateways)."""
        return {
            "code": self.specific_code,
            "message": self.message,
            "hint": self.hint,
            "status_code": self.status_code,
            "correlation_id": self.correlation_id,
            "vendor_message": self.vendor_message,
            "retry": self.retry,
            "fields": [asdict(field) for field in self.fields],
        }


class InternalError(IngramMicroCloudError):
    """Something nobody foresaw. What had been sent stays sent, so look before the same is run again."""

    code = "internal"
    summary = "A mistake inside the connector; IM_CLOUD_DEBUG=1 shows where."


class BundleError(IngramMicroCloudError):
    """A file of the bundle is wrong; the message names file, line and what was expected."""

    code = "bundle_invalid"
    summary = "A file of the bundle (integration.yaml, actions/, mapping/) is wrong."


class UsageError(IngramMicroCloudError):
    """The call itself is wrong: a bad option, a missing argument, an unreadable file."""

    code = "usage"
    summary = "The command or call was used in a way it does not understand."
    exit_status = 2


class UnknownActionError(UsageError):
    """No action has this id, reference, title or alias; the hint names the nearest ones."""

    code = "unknown_action"
    summary = "No action goes by this name."


class InputError(UsageError):
    """Some inputs are wrong; ``fields`` says which, why, and what is allowed."""

    code = "invalid_input"
    summary = "Some inputs of the action are wrong; each is listed with its pointer and reason."


class ConfigurationError(IngramMicroCloudError):
    """The configuration, its credentials or the place it is stored in needs attention."""

    code = "configuration"
    summary = "The configuration needs attention before anything can run."
    exit_status = 3


class ConfigurationMissingError(ConfigurationError):
    """No configuration of this name, or none at all; the hint is the command that makes one."""

    code = "configuration_missing"
    summary = "There is no such configuration yet."


class ConfigurationInvalidError(ConfigurationError):
    """Fields of the form are wrong; ``fields`` marks each."""

    code = "invalid_configuration"
    summary = "Fields of the configuration form are wrong."


class SignInRefusedError(ConfigurationError):
    """The vendor refused ``POST /token``. Never tried again by itself: accounts can lock."""

    code = "sign_in_refused"
    codes: ClassVar[dict[str, str]] = {
        "subscription_key_refused": "The API gateway in front of the vendor refused the subscription key.",
        "marketplace_refused": "The vendor signed nobody in for this marketplace code.",
    }
    summary = "The vendor refused to sign in with this user, password, key and marketplace."


class StateError(ConfigurationError):
    """What is stored cannot be used. Nothing was changed."""

    code = "state"
    codes: ClassVar[dict[str, str]] = {
        "state_busy": "Another process kept the state locked for too long.",
        "state_too_new": "The state was written by a newer version of this connector.",
        "state_unreachable": "The database or folder that holds the state cannot be opened.",
    }
    summary = "The stored state cannot be used."


class StateDamagedError(StateError):
    """The state file is not what this connector wrote."""

    code = "state_damaged"
    codes: ClassVar[dict[str, str]] = {}
    summary = "The state file is damaged or is not ours; nothing was touched."


class StateKeyError(StateError):
    """The key at hand does not open the stored secrets."""

    code = "state_wrong_key"
    codes: ClassVar[dict[str, str]] = {
        "state_key_missing": "PostgreSQL state needs IM_CLOUD_SECRET_KEY, so that every worker can read it.",
    }
    summary = "The secret key at hand does not open the stored secrets."


class OrganizationNotMappedError(IngramMicroCloudError):
    """The organization has no customer to act for; nothing was sent."""

    code = "organization_not_mapped"
    codes: ClassVar[dict[str, str]] = {
        "organization_unknown": "No source has given an organization with this id.",
        "organization_conflict": "Nothing is saved, and what is suggested needs a person to decide.",
        "organization_excluded": "The organization was excluded from mapping, with a reason.",
        "organization_gone": "The organization is no longer in the list it came from.",
        "customer_gone": "The customer it is mapped to is no longer in the vendor's list.",
        "mapping_unconfirmed": "It was mapped while the configuration stood for another account.",
    }
    summary = "The organization is not mapped to a customer."
    exit_status = 4


class MarketplaceError(IngramMicroCloudError):
    """The vendor or the network failed, and what was asked was certainly not done."""

    code = "marketplace"
    summary = "The vendor or the network failed; what was asked was certainly not done."
    exit_status = 5


class UnreachableError(MarketplaceError):
    """No answer: name resolution, TLS, connection, or a time-out on something safe to ask again."""

    code = "unreachable"
    codes: ClassVar[dict[str, str]] = {
        "dns_failed": "The host name could not be resolved.",
        "tls_failed": "The encrypted connection could not be made or its certificate was not trusted.",
        "connection_failed": "The connection was refused or broke.",
        "timed_out": "No answer came within the time allowed for one request.",
    }
    summary = "The marketplace could not be reached."
    default_retry = "yes"


class CallBudgetError(MarketplaceError):
    """The calls allowed per minute or day are used, and waiting would pass the deadline."""

    code = "call_budget"
    summary = "The calls allowed per minute or day are used up; the message says when to come back."
    default_retry = "yes"


class DeadlineError(MarketplaceError):
    """The deadline given for this run passed before it was done."""

    code = "deadline"
    summary = "The deadline given for this run passed."
    default_retry = "yes"


class UnreadableAnswerError(MarketplaceError):
    """The answer to a safe request was not what an API answers: HTML, nothing, or broken JSON."""

    code = "unreadable_answer"
    summary = "The marketplace sent something that is not an API answer."
    default_retry = "yes"


class IncompleteListError(MarketplaceError):
    """The list ended before the total the vendor had announced."""

    code = "incomplete_list"
    summary = "A list stopped before its announced total; a short list is never passed off as whole."
    default_retry = "yes"


class StatusError(MarketplaceError):
    """The vendor answered with an error status."""

    code = "vendor_error"
    summary = "The vendor answered with an error status."


class RejectedError(StatusError):
    """400, 422 or another 4xx: the vendor does not accept this request as it is."""

    code = "rejected"
    summary = "The vendor does not accept the request as it is."


class AuthenticationError(StatusError):
    """401 although a fresh token was used."""

    code = "not_authenticated"
    summary = "The vendor refused a fresh token."


class AccessDeniedError(StatusError):
    """403: this API user may not do that."""

    code = "access_denied"
    summary = "The API user lacks the right to do this."


class NotFoundError(StatusError):
    """404: nothing with this id, or nothing this reseller may see."""

    code = "not_found"
    summary = "Nothing there, or nothing this reseller may see."


class ConflictError(StatusError):
    """409: the thing is in a state that does not allow this."""

    code = "conflict"
    summary = "The thing is in a state that does not allow this."


class RateLimitedError(StatusError):
    """429: too many calls in the vendor's window."""

    code = "rate_limited"
    summary = "The vendor counts too many calls in its window."
    default_retry = "yes"


class QuotaExhaustedError(StatusError):
    """The vendor's quota for the day is used; remembered for this key until it is over."""

    code = "quota_exhausted"
    summary = "The vendor's quota of calls is used up for now."
    default_retry = "yes"


class RedirectRefusedError(StatusError):
    """3xx: redirects are never followed, because credentials would travel along."""

    code = "redirect_refused"
    summary = "The marketplace answered with a redirect, which is never followed."


class ServerError(StatusError):
    """5xx on something safe to ask again."""

    code = "server_error"
    summary = "The vendor's side failed."
    default_retry = "yes"


class SeatsDifferError(MarketplaceError):
    """The order is completed, and the subscription does not hold what was ordered."""

    code = "seats_differ"
    summary = "An order was completed, but the subscription holds other seats than were ordered."


class RefusedError(IngramMicroCloudError):
    """Refused on our side before anything was sent."""

    code = "refused"
    summary = "Refused on our side; nothing was sent."
    exit_status = 6


class KeyMissingError(RefusedError):
    """A serving host was called without an access key."""

    code = "key_missing"
    summary = "The call carried no access key."


class KeyRefusedError(RefusedError):
    """The access key is not known here, or does not allow this; nothing was sent."""

    code = "key_refused"
    codes: ClassVar[dict[str, str]] = {
        "key_unknown": "No such access key, or it was revoked.",
        "organization_required": "The key acts for organizations only, and none was named.",
        "organization_refused": "The key was not made for this organization.",
        "configuration_refused": "The key was not made for this configuration.",
        "manage_required": "The key may not save configurations, change the mapping or approve orders.",
    }
    summary = "The access key does not allow this."


class PermissionRefusedError(RefusedError):
    """The configuration allows less than this action needs."""

    code = "permission_refused"
    summary = "The configuration's permission (look, edit, buy) does not cover this action."


class VetoedError(RefusedError):
    """An installed extension objected to a write, or failed while it looked at it; the message names it."""

    code = "vetoed"
    summary = "An installed extension does not let this write through."


class GuardRefusedError(RefusedError):
    """Outside what the organization's customer may touch."""

    code = "guard_refused"
    summary = "The customer guard refused: this is not the organization's to touch."


class EgressRefusedError(RefusedError):
    """Another host, a private address, or replaced authentication."""

    code = "egress_refused"
    codes: ClassVar[dict[str, str]] = {
        "private_address": "The host resolves to a private or link-local address, which is not allowed.",
    }
    summary = "The request would leave the configured host or replace its authentication."


class BuyingRuleRefusedError(RefusedError):
    """A buying rule says no; the message names the rule's limit and the value, the hint what to approve or change."""

    code = "buying_rule"
    summary = "The order is over what the configuration's buying rules allow."


class PossibleDuplicateError(RefusedError):
    """The same content was sent a moment ago or may have been, or its key stands for other content."""

    code = "possible_duplicate"
    codes: ClassVar[dict[str, str]] = {
        "key_reused": "The key already stands for an order with other content.",
    }
    summary = "The same was ordered minutes ago, or an earlier attempt may have gone through."


class PreviewRefusedError(RefusedError):
    """The preview cannot be submitted or approved; make a new one, or have it approved."""

    code = "preview_refused"
    codes: ClassVar[dict[str, str]] = {
        "preview_unknown": "There is no such preview here.",
        "preview_expired": "It is older than 24 hours.",
        "preview_used": "It has been submitted already.",
        "preview_changed": "What it was made from has moved since: seats, renewal date, currency or the request.",
        "price_rose": "The vendor's price is more than 1 % higher than in the preview.",
        "not_approved": "The buying rules ask for an approval, and nobody has given it.",
    }
    summary = "The preview cannot be used, or not yet."


class OrderUnderWayError(RefusedError):
    """An earlier order for the same subscription is unfinished or unknown, so its seats cannot be built upon."""

    code = "order_under_way"
    summary = "An earlier order for this subscription is not finished, or its outcome is unknown."


class SeatsRefusedError(RefusedError):
    """The seats cannot be had this way; the hint names the way that leads there. Nothing was ordered."""

    code = "seats_refused"
    codes: ClassVar[dict[str, str]] = {
        "seats_below_use": "Fewer seats than are in use were asked for.",
        "seats_below_minimum": "Fewer seats than the product allows were asked for.",
        "seats_above_maximum": "More seats than the product allows were asked for.",
        "seats_outside_window": "Seats of a running term are given back at its renewal.",
        "seats_being_provisioned": "The subscription is still being provisioned.",
        "seats_not_changeable": "The subscription has ended or holds no seats.",
    }
    summary = "The seats cannot be changed this way; the hint says how they can."


class QuantityMeaningError(RefusedError):
    """The vendor's estimate shows that it would read the quantity the other way. Nothing was ordered."""

    code = "quantity_meaning"
    summary = "The vendor would read the quantity of a change order the other way (total or difference)."


class OutcomeUnknownError(IngramMicroCloudError):
    """A write was sent and no readable answer came: it may or may not have been done."""

    code = "outcome_unknown"
    summary = "A write was sent and its outcome is unknown: look before anything else."
    exit_status = 7
    default_retry = "after_check"


def error_classes(
    root: type[IngramMicroCloudError] = IngramMicroCloudError,
) -> Iterator[type[IngramMicroCloudError]]:
    """Yield the whole tree, parents first: what the reference page and the tests walk."""
    yield root
    for child in root.__subclasses__():
        yield from error_classes(child)
