"""Examples of the document: made up, and held to the same models as everything else."""

from typing import Any

CLAIM_ID = "m5xw45dpnzqw42lomfwwk3tumf2gs33omfrxi2lwnf2hs3d2"
DRAFT_REQUEST: dict[str, Any] = {
    "mpnId": "1000001",
    "customer": {"tenantId": "a1a1a1a1-0000-4000-8000-000000000001", "domain": "alpine.example"},
}
CLAIM_REQUEST: dict[str, Any] = {
    **DRAFT_REQUEST,
    "solutionArea": "microsoft-365",
    "activities": ["usage"],
    "claimName": "Teams rollout",
    "items": [{"productId": "teams"}],
    "customerContact": {"name": "Ida Manager", "title": "IT manager", "email": "ida@alpine.example"},
    "partnerContact": {"name": "Pat Partner", "email": "pat@contoso.example"},
}
CLAIM: dict[str, Any] = {
    "claimId": CLAIM_ID,
    "number": "CL-7K4M-2Q9D",
    "status": "PendingCustomer",
    "statusText": "Waiting for the customer until Thu 26 Nov 2026, 23:59 (America/New_York).",
    "round": 1,
    "origin": None,
    "mpnId": "1000001",
    "customer": {
        "tenantId": "a1a1a1a1-0000-4000-8000-000000000001",
        "domain": "alpine.example",
        "name": "Alpine Outfitters",
        "country": "US",
        "language": "en",
    },
    "solutionArea": "microsoft-365",
    "activities": ["usage"],
    "claimName": "Teams rollout",
    "items": [
        {
            "itemId": "teams-usage",
            "productId": "teams",
            "subscriptionId": None,
            "activity": "usage",
            "programme": "osu-microsoft-365",
            "outcome": "claimed",
            "reasons": [],
        }
    ],
    "customerContact": {"name": "Ida Manager", "title": "IT manager", "email": "ida@alpine.example"},
    "technicalContact": None,
    "partnerContact": {"name": "Pat Partner", "email": "pat@contoso.example"},
    "revenue": None,
    "comments": [],
    "proofs": [
        {
            "proofId": "4f1c0a52",
            "fileName": "signed form.pdf",
            "contentType": "application/pdf",
            "size": 48213,
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "uploadedAt": "2026-11-18T10:30:00Z",
            "scan": "not-scanned",
            "replaced": False,
        }
    ],
    "checks": [{"code": "poe-date", "result": "pass", "message": "", "itemIds": [], "proofIds": ["4f1c0a52"]}],
    "reasons": [],
    "disputed": False,
    "submittedAt": "2026-11-18T10:30:00Z",
    "noticeAcceptedAt": "2026-11-18T10:30:08Z",
    "optOutDeadline": "2026-11-27T04:59:59Z",
    "approvedAt": None,
    "endedAt": None,
    "validUntil": None,
    "nextActor": "customer",
    "nextDeadline": "2026-11-27T04:59:59Z",
    "createdAt": "2026-11-18T10:30:00Z",
    "updatedAt": "2026-11-18T10:30:08Z",
    "revision": 3,
}
PROBLEM: dict[str, Any] = {
    "type": "urn:cpor:problem:invalid-claim",
    "title": "Some of the values cannot be accepted",
    "status": 422,
    "code": "invalid-claim",
    "detail": "Some of the values cannot be accepted.",
    "errors": [{"pointer": "/customer/domain", "code": "required", "message": "Fill this in."}],
    "correlationId": "0c1d2e3f405162738495a6b7c8d9eafb",
}
EXAMPLES = {"Claim": CLAIM, "Problem": PROBLEM}
"""By the name of their schema."""
