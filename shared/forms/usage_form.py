"""The questions about associations and usage, from a query string (API.md, Partner)."""

from typing import Annotated

from pydantic import AfterValidator, Field

from shared.forms.form import Form
from shared.forms.list_form import TOKEN_LENGTH, Top
from shared.forms.texts import Word
from shared.forms.usage_file import Month


class AssociationsForm(Form):
    """How much of the list, and from where on."""

    top: Top | None = None
    continuation: Annotated[str, Field(max_length=TOKEN_LENGTH)] | None = None


class UsageForm(Form):
    """Which product, and from which month to which (`YYYY-MM`, both included)."""

    product_id: Annotated[Word, AfterValidator(str.lower)] | None = None
    first: Month | None = Field(default=None, alias="from")
    last: Month | None = Field(default=None, alias="to")
