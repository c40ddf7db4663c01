"""Both sides of a contest, for reviewers alone (API.md, Reviewers and program admins)."""

from typing import Any

from functions.presenters import comment_json, instant, proof_json, receipt_json
from shared.usecases.read_contest import Contest, Side


def contest_json(contest: Contest) -> dict[str, Any]:
    """The contested items with who stands in their way, and every side with its proofs, the claim's own first."""
    return {
        "noticedAt": instant(contest.noticed_at),
        "window": receipt_json(contest.window) if contest.window else None,
        "windowOver": contest.window_over,
        "items": [
            {
                "itemId": one.item.item_id,
                "productId": one.item.product_id,
                "subscriptionId": one.item.subscription_id,
                "activity": one.item.activity,
                "rivals": [
                    {
                        "claimId": rival.claim_id,
                        "itemId": rival.item_id,
                        "programme": rival.programme,
                        "place": rival.place.value,
                    }
                    for rival in one.rivals
                ],
            }
            for one in contest.items
        ],
        "sides": [_side(side) for side in contest.sides],
    }


def _side(side: Side) -> dict[str, Any]:
    claim = side.claim
    return {
        "claimId": claim.claim_id,
        "number": claim.number,
        "status": claim.status.value,
        "organisation": claim.organisation,
        "partnerName": side.partner_name,
        "mpnId": claim.mpn_id,
        "submittedAt": instant(claim.submitted_at),
        "approvedAt": instant(claim.approved_at),
        "endedAt": instant(claim.ended_at),
        "toldAt": instant(side.told_at),
        "window": receipt_json(side.window) if side.window else None,
        "proofs": [proof_json(proof) for proof in claim.proofs],
        "comments": [comment_json(comment, for_programme=True) for comment in side.comments],
    }
