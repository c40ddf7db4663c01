"""How a figure is judged, and how figures are drawn."""

import xml.etree.ElementTree as ET
from dataclasses import replace

from tools.bench.figure import Figure, percentile
from tools.bench.plot import drawn
from tools.bench.report import page

QUICK = Figure(name="quick", work="a < b", measured="1 ms", reference="2 ms", ratio=0.5, limit=1.5)
RATE = replace(QUICK, name="rate", ratio=0.3, limit=0.7, at_most=False)


def test_a_figure_is_met_at_its_limit_and_on_its_good_side() -> None:
    """What may be at most so much is met at the limit and below, what must be at least so much at it and above."""
    assert QUICK.met
    assert replace(QUICK, ratio=1.5).met
    assert not replace(QUICK, ratio=1.51).met
    assert not RATE.met
    assert replace(RATE, ratio=0.7).met


def test_the_share_of_a_limit_is_above_one_just_where_it_is_missed() -> None:
    """Whichever way is good, a bar that passes the limit's line is a figure that is not met."""
    for one in (QUICK, RATE, replace(QUICK, ratio=2.0), replace(RATE, ratio=0.9), replace(RATE, ratio=0.0)):
        assert (one.share <= 1) is one.met
    assert replace(QUICK, limit=0, ratio=0).share == 0


def test_a_percentile_is_one_of_the_values() -> None:
    """The 95th percentile of a hundred values leaves four above it; of one value it is that one."""
    assert percentile(range(100), 0.95) == 95
    assert percentile([7.0], 0.95) == 7.0


def test_the_picture_is_well_formed_and_says_every_figure() -> None:
    """The SVG parses, and holds each figure's name and value."""
    words = " ".join(ET.fromstring(drawn([QUICK, RATE])).itertext())  # noqa: S314 - our own
    assert "quick" in words
    assert "0.3" in words


def test_the_page_says_what_is_not_met() -> None:
    """The page's rows tell a figure that is met from one that is not."""
    rows = {line.split("`")[1]: line for line in page([QUICK, RATE]).splitlines() if line.startswith("| `")}
    assert rows["quick"].endswith("| met |")
    assert rows["rate"].endswith("| **not met** |")
