"""What Event Grid keeps back of the delivery reports, against what the product does with them."""

import re
from pathlib import Path

from shared.usecases.record_delivery import UNDELIVERED

MAIL = Path(__file__).parents[3] / "infra" / "mail.bicep"


def test_no_bad_news_is_kept_back() -> None:
    """The subscription's filter names statuses that change nothing, and those alone."""
    blocks: list[str] = re.findall(
        r"operatorType: 'StringNotIn'\s+key: 'data\.status'\s+values: \[([^\]]*)\]", MAIL.read_text()
    )
    kept_back = {name for block in blocks for name in re.findall(r"'(\w+)'", block)}
    assert len(blocks) == 1
    assert kept_back == {"Delivered", "Expanded"}
    assert not kept_back & UNDELIVERED
