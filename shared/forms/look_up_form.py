"""What a customer types to see whether a mail is real (API.md, The customer's page)."""

from shared.forms.form import Form
from shared.forms.texts import ClaimNumber, Domain


class LookUpForm(Form):
    """The number that the mail names, and the customer's own domain."""

    number: ClaimNumber
    domain: Domain
