"""The signed links of the customer's page (API.md, The customer's page).

A token is `RECIPIENT.ROUND.SIGNATURE`; the signature covers the claim's ID as well, which is in the link's path. There
is nothing to decode: a token is genuine when it is, letter for letter, what one of the keys would write. So no second
spelling of a signature (padding, case, unused bits) can pass.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from itsdangerous import Signer

from shared.domain.claim import Claim

_RESPOND = b"cpor.respond"
_RECIPIENT = b"cpor.recipient\0"
_RECIPIENT_BYTES = 16
_TOKEN = re.compile(r"(?P<recipient>[0-9a-f]{32})\.(?P<round>[1-9][0-9]{0,5})\.[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class GenuineToken:
    """What a genuine token says; `retired` means that its key is good for revocations only."""

    recipient: str
    round: int
    retired: bool


class SignedResponseTokens:
    """Issues and verifies the tokens of one purpose.

    `keys` are newest first: the first signs, all verify. `retired_keys` verify too, and the token says so.
    `recipient_key` must never change: the digests it makes are in the history and in every link that was mailed.
    """

    def __init__(self, *, keys: Sequence[str], retired_keys: Sequence[str] = (), recipient_key: bytes) -> None:
        if not keys:
            raise ValueError("response tokens need a key to sign with")
        self._signers = tuple(_signer(key) for key in keys)
        self._retired = tuple(_signer(key) for key in retired_keys)
        self._recipient_key = recipient_key

    def issue(self, claim: Claim) -> str:
        """The token for the claim's present customer contact and round. ValueError where it has no contact."""
        if claim.customer_contact is None:
            raise ValueError("a claim without a customer contact has nobody to write to")
        recipient = self.recipient(claim.customer_contact.email)
        return _written(self._signers[0], claim.claim_id, recipient, claim.round)

    def verify(self, token: str, *, claim_id: str) -> GenuineToken | None:
        """What a genuine token for the claim says, or null. It does not expire."""
        match = _TOKEN.fullmatch(token)
        if match is None:
            return None
        recipient, round_ = match["recipient"], int(match["round"])
        for signers, retired in ((self._signers, False), (self._retired, True)):
            for signer in signers:
                genuine = _written(signer, claim_id, recipient, round_)
                if hmac.compare_digest(genuine.encode(), token.encode()):
                    return GenuineToken(recipient=recipient, round=round_, retired=retired)
        return None

    def recipient(self, email: str) -> str:
        """The digest (32 hexadecimal digits) by which tokens and the history name the recipient of that address.

        Keyed, so that nobody can find the address by trying; the same for every spelling in upper and lower case.
        """
        address = unicodedata.normalize("NFC", email.strip().casefold())
        digest = hmac.digest(self._recipient_key, _RECIPIENT + address.encode(), hashlib.sha256)
        return digest[:_RECIPIENT_BYTES].hex()


def _signer(key: str) -> Signer:
    return Signer(key, salt=_RESPOND, key_derivation="hmac", digest_method=hashlib.sha256)


def _written(signer: Signer, claim_id: str, recipient: str, round_: int) -> str:
    said = f"{recipient}.{round_}"
    signature = signer.get_signature(f"{claim_id}.{said}").decode("ascii")
    return f"{said}.{signature}"
