"""The figures as a picture: how much of its limit each one uses."""

from collections.abc import Sequence
from html import escape

from tools.bench.figure import Figure

_WIDTH, _NAMES, _ROW, _TOP = 760, 210, 26, 44
_FULL = 1.6
"""The picture ends at this many times the limit; a longer bar is cut off, its number is not."""
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1b1b1b}.met{fill:#2f6f4f}.missed{fill:#a4262c}"
    ".limit{stroke:#1b1b1b;stroke-dasharray:4 3}.ground{fill:#fff}"
    "@media(prefers-color-scheme:dark){text{fill:#eee}.met{fill:#6cc29a}.missed{fill:#f1707b}"
    ".limit{stroke:#eee}.ground{fill:#1b1b1b}}"
)


def drawn(figures: Sequence[Figure]) -> str:
    """The picture as SVG."""
    height = _TOP + _ROW * len(figures) + 12
    space = _WIDTH - _NAMES - 90
    limit_x = _NAMES + space / _FULL
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" aria-labelledby="title">',
        '<title id="title">How much of its limit each figure uses</title>',
        f'<style>{_STYLE}</style><rect class="ground" width="{_WIDTH}" height="{height}"/>',
        f'<text x="{limit_x:.0f}" y="20" text-anchor="middle">the limit</text>',
        f'<line class="limit" x1="{limit_x:.0f}" x2="{limit_x:.0f}" y1="26" y2="{height - 8}"/>',
    ]
    for place, one in enumerate(figures):
        y = _TOP + _ROW * place
        width = max(2.0, min(one.share, _FULL) * space / _FULL)
        kind = "met" if one.met else "missed"
        value = f"{one.ratio:.2f}".rstrip("0").rstrip(".") + one.unit
        parts.append(f'<text x="{_NAMES - 10}" y="{y + 13}" text-anchor="end">{escape(one.name)}</text>')
        parts.append(f'<rect class="{kind}" x="{_NAMES}" y="{y}" width="{width:.1f}" height="17" rx="2"/>')
        parts.append(f'<text x="{_NAMES + width + 6:.1f}" y="{y + 13}">{escape(value)}</text>')
    return "\n".join([*parts, "</svg>\n"])
