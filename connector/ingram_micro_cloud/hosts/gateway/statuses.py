"""Which HTTP status each error is answered with, and what goes with it."""

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from ingram_micro_cloud import errors
from ingram_micro_cloud.errors import IngramMicroCloudError, MarketplaceError
from ingram_micro_cloud.hosts.gateway.answers import Answer
from ingram_micro_cloud.hosts.gateway.hints import at_the_gateway
from ingram_micro_cloud.hosts.gateway.refusals import HttpRefusalError

STATUSES: Final[Mapping[type[IngramMicroCloudError], int]] = {
    errors.IngramMicroCloudError: 500,
    errors.InternalError: 500,
    errors.BundleError: 500,
    errors.UsageError: 400,
    errors.UnknownActionError: 404,
    errors.InputError: 400,
    errors.ConfigurationError: 424,
    errors.ConfigurationMissingError: 404,
    errors.ConfigurationInvalidError: 422,
    errors.SignInRefusedError: 424,
    errors.StateError: 424,
    errors.StateDamagedError: 424,
    errors.StateKeyError: 424,
    errors.OrganizationNotMappedError: 409,
    errors.MarketplaceError: 502,
    errors.UnreachableError: 502,
    errors.CallBudgetError: 429,
    errors.DeadlineError: 504,
    errors.UnreadableAnswerError: 502,
    errors.IncompleteListError: 502,
    errors.SeatsDifferError: 409,
    errors.StatusError: 502,
    errors.RejectedError: 422,
    errors.AuthenticationError: 424,
    errors.AccessDeniedError: 424,
    errors.NotFoundError: 404,
    errors.ConflictError: 409,
    errors.RateLimitedError: 429,
    errors.QuotaExhaustedError: 429,
    errors.RedirectRefusedError: 502,
    errors.ServerError: 502,
    errors.RefusedError: 403,
    errors.PermissionRefusedError: 403,
    errors.VetoedError: 403,
    errors.GuardRefusedError: 403,
    errors.EgressRefusedError: 403,
    errors.BuyingRuleRefusedError: 403,
    errors.PossibleDuplicateError: 403,
    errors.PreviewRefusedError: 403,
    errors.OrderUnderWayError: 403,
    errors.SeatsRefusedError: 403,
    errors.QuantityMeaningError: 403,
    errors.KeyMissingError: 401,
    errors.KeyRefusedError: 403,
    # Never 5xx: platforms send again what was answered with one, and this may have been done.
    errors.OutcomeUnknownError: 409,
}
BY_CODE: Final[Mapping[str, int]] = {"state_busy": 503, "state_unreachable": 503, "key_unknown": 401}
"""Codes whose situation asks for another status than their class."""


def status_of(problem: IngramMicroCloudError, *, reads: bool) -> int:
    """Return the HTTP status of an error.

    Args:
        problem: The error.
        reads: Whether nothing but reading was asked for. What may have changed something is never answered with a 5xx
            that would have a platform send it again, unless the error says that it was certainly not done.
    """
    status = BY_CODE.get(problem.specific_code) or STATUSES[_known(type(problem))]
    if reads or status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return status
    unsent = status != HTTPStatus.INTERNAL_SERVER_ERROR and not problem.calls
    return status if unsent or isinstance(problem, MarketplaceError) else HTTPStatus.CONFLICT


def error_answer(problem: IngramMicroCloudError | HttpRefusalError, *, reads: bool, reseller: bool = False) -> Answer:
    """Return the answer that tells an error; every error has the same members.

    Args:
        problem: The error.
        reads: Whether nothing but reading was asked for.
        reseller: Whether the caller's key may act without an organization.
    """
    if isinstance(problem, HttpRefusalError):
        return Answer({"error": problem.as_json()}, problem.status, problem.headers)
    status = status_of(problem, reads=reads)
    headers: dict[str, str] = {}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    waits = status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
    if waits and problem.retry_after is not None and math.isfinite(problem.retry_after):
        headers["Retry-After"] = str(max(1, math.ceil(problem.retry_after)))
    told = problem.as_json()
    told["hint"] = at_the_gateway(problem.hint, reseller=reseller)
    return Answer({"error": told}, status, headers)


def unforeseen(problem: BaseException) -> errors.InternalError:
    """Return the error for what nobody foresaw; it does not hold the exception's own words, which may quote secrets."""
    return errors.InternalError(
        f"Something nobody foresaw happened inside the gateway ({type(problem).__name__}). "
        "What had been sent stays sent.",
        hint="Look before you run it again; please report it with the correlation id.",
    )


def _known(kind: type[IngramMicroCloudError]) -> type[IngramMicroCloudError]:
    return next(each for each in kind.__mro__ if each in STATUSES)
