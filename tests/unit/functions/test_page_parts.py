"""The parts of pages that compute something."""

import re

import pytest

from functions.page_rendering import page_environment

CHART = """{% import "parts/charts.html" as charts %}{{ charts.chart("c", title, labels, series, kind) }}"""
MONTHS = ["Jan", "Feb", "Mar", "Apr"]


def chart(*series: tuple[str, list[float | None]], kind: str = "bars", labels: list[str] | None = None) -> str:
    """The chart's markup."""
    template = page_environment("en").from_string(CHART)
    return template.render(title="Users", labels=MONTHS if labels is None else labels, series=series, kind=kind)


def test_bars_are_as_high_as_their_numbers() -> None:
    """Heights stand to each other as the numbers do, a missing one has no bar, and none leaves the drawing."""
    drawn = chart(("Teams", [100, 50, None, 25]))
    heights = [float(high) for high in re.findall(r'<rect class="s1" .*height="([\d.]+)"', drawn)]
    assert len(heights) == 3
    assert heights[0] == pytest.approx(2 * heights[1], abs=0.2)
    assert heights[1] == pytest.approx(2 * heights[2], abs=0.2)
    assert heights[0] <= 220


def test_bars_that_lie_are_as_long_as_their_numbers() -> None:
    """Below each word, however long, lies a bar for each number, the number behind it; none where it is missing."""
    words = ["Waiting for the customer", "Declined by the customer"]
    drawn = chart(("Half", [100, 50]), ("Most", [None, 25]), kind="rows", labels=words)
    wide = [float(width) for width in re.findall(r'<rect class="s[12]" x="0" y="[\d.]+" width="([\d.]+)"', drawn)]
    assert wide == [400, 200, 100]
    assert re.findall(r"<text[^>]*>([^<]+)</text>", drawn) == [words[0], "100", words[1], "50", "25"]


def test_a_line_breaks_where_a_number_is_missing() -> None:
    """What is not known is not drawn: the line begins anew after it, and has a dot for each number."""
    drawn = chart(("Teams", [1, 2, None, 3]), kind="lines")
    (path,) = re.findall(r'<path class="s1" d="([^"]+)"', drawn)
    assert path.count("M") == 2
    assert path.count("L") == 1
    assert drawn.count("<circle") == 3


@pytest.mark.parametrize(
    ("most", "scale"), [(0, "2"), (1, "2"), (3, "4"), (7, "10"), (11, "20"), (401, "1,000"), (25000, "40,000")]
)
def test_the_scale_ends_at_a_round_number_above_the_highest(most: int, scale: str) -> None:
    """The topmost line is the next 2, 4 or 10 times a power of ten; nothing is divided by zero."""
    ticks = re.findall(r'text-anchor="end">([\d,]+)<', chart(("Teams", [most, 0, 0, 0])))
    assert ticks[0] == "0"
    assert ticks[-1] == scale


def test_the_numbers_stand_beside_the_chart() -> None:
    """Every number is in the table under its series, a dash where there is none; several series have a legend."""
    drawn = chart(("Teams", [1234, 50, None, 25]), ("Intune", [1, 2, 3, 4]))
    first = drawn[drawn.index("<tbody>") :]
    assert re.findall(r"<td[^>]*>([^<]+)</td>", first) == ["1,234", "1", "50", "2", "\N{EN DASH}", "3", "25", "4"]
    assert 'class="legend"' in drawn
    assert 'class="legend"' not in chart(("Teams", [1, 2, 3, 4]))


def test_a_chart_of_nothing_says_so() -> None:
    """Without a single label there is no empty drawing, but a sentence."""
    drawn = chart(("Teams", []), labels=[])
    assert "There are no numbers yet." in drawn
    assert "<svg" not in drawn


def test_long_series_thin_out_their_labels() -> None:
    """At most six words stand along the bottom, so that they do not run into each other."""
    labels = [str(day) for day in range(60)]
    drawn = chart(("Teams", [1] * 60), labels=labels)
    assert drawn.count('text-anchor="middle"') == 6
    assert drawn.count("<tr><th") == 61


def test_what_is_typed_into_a_chart_is_never_markup() -> None:
    """Names and labels are escaped in the drawing, its title and the table."""
    hostile = "<script>alert(1)</script>"
    drawn = chart((hostile, [1]), labels=[hostile])
    assert "<script" not in drawn
