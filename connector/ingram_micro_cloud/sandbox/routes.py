"""The 28 operations of the 1.15 document, by method and path."""

import re
from typing import Final

OPERATIONS: Final = (
    ("GET", "/customers", "getCustomers"),
    ("POST", "/customers", "createCustomer"),
    ("GET", "/customers/{id}", "getCustomerById"),
    ("PATCH", "/customers/{id}", "updateCustomer"),
    ("GET", "/orders", "getOrders"),
    ("POST", "/orders", "createOrder"),
    ("POST", "/orders/estimate", "estimateOrder"),
    ("GET", "/orders/{id}", "getOrderDetails"),
    ("PATCH", "/orders/{id}", "updateOrder"),
    ("GET", "/products", "getCatalog"),
    ("GET", "/reports", "getReports"),
    ("POST", "/reports", "createReport"),
    ("GET", "/reports/{id}", "getReportById"),
    ("GET", "/resellers", "getResellers"),
    ("POST", "/resellers", "createReseller"),
    ("GET", "/resellers/{id}", "getResellerCustomerById"),
    ("PATCH", "/resellers/{id}", "updateReseller"),
    ("GET", "/resellers/{id}/customers", "getResellerCustomers"),
    ("POST", "/resellers/{id}/customers", "createCustomerForReseller"),
    ("GET", "/resellers/{id}/orders", "getResellerOrders"),
    ("GET", "/plans", "getServicePlans"),
    ("GET", "/plans/{id}", "getServicePlanById"),
    ("GET", "/subscriptions", "getSubscriptions"),
    ("GET", "/subscriptions/{id}", "getSubscription"),
    ("PATCH", "/subscriptions/{id}", "updateSubscription"),
    ("POST", "/subscriptions/{id}/specialPricing", "updateSubscriptionSpecialPricing"),
    ("POST", "/token", "generateAuthToken"),
    ("POST", "/validation/parameters", "validateParameters"),
)
OPERATION_IDS: Final = frozenset(operation for _, _, operation in OPERATIONS)
_PATTERNS: Final = tuple(
    (method, re.compile(template.replace("{id}", "([^/]+)")), operation) for method, template, operation in OPERATIONS
)


def find_operation(method: str, path: str) -> tuple[str, str | None] | None:
    """Return the operation and the id in the path, or None for a path the vendor does not have."""
    for wanted, pattern, operation in _PATTERNS:
        found = pattern.fullmatch(path) if wanted == method else None
        if found is not None:
            return operation, found.group(1) if found.groups() else None
    return None
