"""Comments, as every use case that takes one makes them."""

from datetime import datetime

from shared.domain.claim import Actor, Claim, Comment


def remark(claim: Claim, actor: Actor, text: str | None, *, now: datetime, internal: bool = False) -> Comment | None:
    """The claim's next comment, or null where nothing was said."""
    if not text:
        return None
    return Comment(comment_id=f"c{len(claim.comments) + 1}", at=now, actor=actor, text=text, internal=internal)
