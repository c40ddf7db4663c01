"""Every described operation, by function name; a new module of them is named here."""

from tools.openapi.operation import Operation, Operations
from tools.openapi.operations import anyone, bulk, claim_actions, claims, operations, registries, review, usage

SUBJECTS: dict[str, Operations] = {
    "claims": claims.OPERATIONS,
    "bulk": bulk.OPERATIONS,
    "claim_actions": claim_actions.OPERATIONS,
    "review": review.OPERATIONS,
    "registries": registries.OPERATIONS,
    "usage": usage.OPERATIONS,
    "operations": operations.OPERATIONS,
    "anyone": anyone.OPERATIONS,
}
"""By the name of their module."""
OPERATIONS: dict[str, Operation] = {name: one for subject in SUBJECTS.values() for name, one in subject.items()}
PENDING: frozenset[str] = frozenset()
"""Functions that are served and not described yet: empty at a release."""
