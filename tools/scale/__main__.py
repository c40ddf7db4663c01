"""Draw docs/scale.md and its picture from the rates, the last bench run and the simulated peak."""

from collections.abc import Sequence

from tools.embedded import ROOT
from tools.scale import rates
from tools.scale.life import Cost, monthly, requests_of_a_life
from tools.scale.peak import Limits, Minute, drained

PAGE, PICTURE = ROOT / "docs" / "scale.md", ROOT / "docs" / "scale.svg"
WORDS = ROOT / "tools" / "scale" / "words.md"
MONTH, PEAK = 1_000_000, 100_000
_RAISED = 20_000
"""Mails an hour, as a programme of this size would have the provider's limit raised to."""
_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 720, 300, 70, 40
_DAY_SECONDS = 86_400


def main() -> None:
    """Write both."""
    limits = Limits(mails_per_hour=_RAISED)
    run = list(drained(PEAK, limits))
    PICTURE.write_text(drawn(run), encoding="utf-8")
    text = WORDS.read_text(encoding="utf-8")
    parts = {"RATES": _rates(), "COSTS": _costs(list(monthly(MONTH))), "LOAD": _load(), "PEAK": _peak(run, limits)}
    for name, part in parts.items():
        text = text.replace(f"<!-- {name} -->", part)
    PAGE.write_text(text, encoding="utf-8")


def _rates() -> str:
    rows = [f"| {one.what} | {one.unit} | {one.dollars:g} |" for one in rates.RATES]
    return "\n".join([f"| assumed on {rates.ASSUMED_ON} | per | US dollars |", "| --- | --- | ---: |", *rows])


def _costs(lines: Sequence[Cost]) -> str:
    rows = [f"| {one.what} | {one.amount} | {one.dollars:,.0f} |" for one in lines]
    whole = sum(one.dollars for one in lines)
    total = f"| **all** | {whole / MONTH * 100:.2f} cents a claim | **{whole:,.0f}** |"
    head = f"| a month of {MONTH:,} claims | amount | US dollars |"
    return "\n".join([head, "| --- | ---: | ---: |", *rows, total])


def _load() -> str:
    """Requests a second, on the average and in the busiest hour."""
    each = requests_of_a_life()
    average = MONTH * each / 30 / _DAY_SECONDS
    busiest = MONTH / 22 * each * 0.2 / 3600
    return "\n".join(
        [
            "| | requests/s | of the account's limit |",
            "| --- | ---: | ---: |",
            f"| on the average | {average:,.0f} | {average / rates.ACCOUNT_PER_SECOND:.1%} |",
            (
                f"| in the busiest hour (a fifth of a working day) | {busiest:,.0f} "
                f"| {busiest / rates.ACCOUNT_PER_SECOND:.1%} |"
            ),
        ]
    )


def _peak(run: Sequence[Minute], limits: Limits) -> str:
    decided = next(one.minute for one in run if not one.due)
    allowed = limits.decided_per_minute
    rows = [f"| {name} | {value:,} |" for name, value in sorted(allowed.items(), key=lambda pair: pair[1])]
    first = list(drained(PEAK, Limits()))[-1].minute
    raised = run[-1].minute
    return "\n".join(
        [
            "| limit | finalizations a minute |",
            "| --- | ---: |",
            *rows,
            "",
            (
                f"{PEAK:,} deadlines of one evening are decided within {decided} minutes. Their mails take "
                f"{raised / 60:,.0f} hours at {limits.mails_per_hour:,} an hour, and {first / 60 / 24:,.0f} days at "
                f"the provider's first limit of {rates.MAILS_PER_HOUR} an hour."
            ),
        ]
    )


def drawn(run: Sequence[Minute]) -> str:
    """Deadlines and mails that wait, over the hours, as SVG."""
    last, most = run[-1].minute, max(max(one.due, one.mails) for one in run)
    wide, high = _WIDTH - _LEFT - 20, _HEIGHT - _BOTTOM - 30

    def line(values: Sequence[tuple[int, int]]) -> str:
        points = ((_LEFT + wide * minute / last, 30 + high * (1 - value / most)) for minute, value in values)
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)

    due = line([(0, PEAK), *((one.minute, one.due) for one in run)])
    mails = line([(0, 0), *((one.minute, one.mails) for one in run)])
    hours = [
        f'<text x="{_LEFT + wide * hour * 60 / last:.0f}" y="{_HEIGHT - 14}" text-anchor="middle">{hour} h</text>'
        for hour in range(0, last // 60 + 1, 2)
    ]
    style = (
        "text{font:13px system-ui,sans-serif;fill:#1b1b1b}polyline{fill:none;stroke-width:2}.due{stroke:#2f5fa8}"
        ".mails{stroke:#a4262c}.ground{fill:#fff}@media(prefers-color-scheme:dark){text{fill:#eee}"
        ".ground{fill:#1b1b1b}.due{stroke:#7ea8e8}.mails{stroke:#f1707b}}"
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
            f"<title>{PEAK:,} deadlines of one evening, and their mails</title><style>{style}</style>",
            f'<rect class="ground" width="{_WIDTH}" height="{_HEIGHT}"/>',
            f'<text x="{_LEFT - 8}" y="34" text-anchor="end">{most:,}</text>',
            f'<text x="{_LEFT - 8}" y="{30 + high}" text-anchor="end">0</text>',
            f'<polyline class="due" points="{due}"/><polyline class="mails" points="{mails}"/>',
            f'<text x="{_LEFT + wide * 0.16:.0f}" y="{30 + high * 0.9:.0f}">blue: deadlines not decided yet</text>',
            f'<text x="{_LEFT + wide * 0.5:.0f}" y="{30 + high * 0.3:.0f}">red: mails that wait</text>',
            *hours,
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    main()
