"""The bodies of everything that is done to a claim (API.md, Partner, Reviewers and The customer's page)."""

from typing import Annotated, Literal

from pydantic import Field

from shared.forms.form import Form
from shared.forms.texts import MpnId, Remark, Word

MOST_ITEMS = 100
Words = Annotated[list[Word], Field(max_length=MOST_ITEMS)]
TOKEN_LENGTH = 1000


class EmptyForm(Form):
    """A step that takes no words."""


class OptionalCommentForm(Form):
    """A step with a comment, if there is something to say."""

    comment: Remark | None = None


class CommentForm(Form):
    """What somebody has to say; `internal` is for reviewers among themselves."""

    comment: Remark
    internal: bool = False


class DisputeForm(Form):
    """Why a rejection is disputed."""

    comment: Remark


class DisassociateForm(Form):
    """Why a partner gives an association up, for some items or for all."""

    reason: Word
    items: Words = Field(default_factory=list)


class CorrectMpnForm(Form):
    """The right location."""

    mpn_id: MpnId


class ErasePersonForm(Form):
    """Whose name and address are to go, and whether the comments are to go with them."""

    email: Word
    comments: bool = False


class ItemDecisionForm(Form):
    """A reviewer's word on one item."""

    item_id: Word
    decision: Literal["accept", "refuse"]
    supersede: bool = False
    reason_codes: Words = Field(default_factory=list)


class DecisionForm(Form):
    """A reviewer's decision on a claim."""

    decision: Literal["accept", "requestInformation", "reject", "noticeIncumbent"]
    reason_codes: Words = Field(default_factory=list)
    comment: Remark | None = None
    items: Annotated[list[ItemDecisionForm], Field(max_length=MOST_ITEMS)] = Field(default_factory=list)
    supersede: bool = False


class TemplateForm(Form):
    """Which proof-of-execution form is wanted: for a claim or blank, as which file, in which language."""

    claim_id: Word | None = None
    format: Literal["pdf", "docx"] | None = None
    lang: Literal["en", "pl"] | None = None


class RespondForm(Form):
    """The customer's token, and the answer where one is given."""

    token: Annotated[str, Field(max_length=TOKEN_LENGTH)]
    choice: Literal["confirm", "optOut", "wrongPerson", "revoke"] | None = None
    items: Words = Field(default_factory=list)
    reason: Remark | None = None
