"""The proof-of-execution form as a PDF that can be filled in on screen or by hand."""

import io
from functools import cache
from typing import Any

from shared.documents.form_words import Entry, FormWords, Section

_FONT = "Roboto"
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 535, 790, 70  # points on A4
_VALUE = 210
_LINE, _TALL = 22, 110
_INK, _FAINT = (0.1, 0.1, 0.15), (0.4, 0.4, 0.45)


def form_pdf(form: FormWords) -> bytes:
    """The form's bytes: A4, the font embedded, its fields named after what they are for."""
    buffer = io.BytesIO()
    _Page(buffer, form).draw()
    return buffer.getvalue()


@cache
def _fonts() -> None:
    from font_roboto import Roboto, RobotoBold  # type: ignore[import-untyped]
    from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
    from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]

    pdfmetrics.registerFont(TTFont(_FONT, Roboto))
    pdfmetrics.registerFont(TTFont(f"{_FONT}-Bold", RobotoBold))


def _white() -> Any:
    from reportlab.lib.colors import white  # type: ignore[import-untyped]

    return white


class _Page:
    """Draws from top to bottom, and goes on to a new page where one is full."""

    def __init__(self, buffer: io.BytesIO, form: FormWords) -> None:
        from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
        from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

        _fonts()
        self._form = form
        self._canvas: Canvas = Canvas(buffer, pagesize=A4, invariant=1, lang=form.language)
        self._canvas.setTitle(form.title)
        self._y: float = _TOP

    def draw(self) -> None:
        """The whole form."""
        self._text(self._form.title, size=20, bold=True)
        self._y -= 8
        self._paragraph(self._form.lead)
        for section in self._form.sections:
            self._section(section)
        self._foot()
        self._canvas.save()

    def _section(self, section: Section) -> None:
        needed = 40 + sum(_TALL if entry.tall else _LINE for entry in section.entries)
        self._room(min(needed, _TOP - _BOTTOM))
        self._y -= 12
        self._text(section.title, size=12, bold=True)
        if section.statement:
            self._paragraph(section.statement)
            self._y -= 10
        for entry in section.entries:
            self._entry(entry)

    def _entry(self, entry: Entry) -> None:
        self._room(_TALL if entry.tall else _LINE)
        if entry.tall:
            self._text(f"{entry.label}:", size=10, faint=True)
            self._field(entry, _LEFT, self._y - _TALL + 30, _RIGHT - _LEFT, _TALL - 30)
            self._y -= _TALL - 16
            return
        lines = self._lines(entry.value, _RIGHT - _VALUE, 10.5) or [""]
        self._put(f"{entry.label}:", _LEFT, self._y, size=10, faint=True)
        if entry.field:
            self._field(entry, _VALUE, self._y - 5, _RIGHT - _VALUE, 18)
        for line in lines:
            self._put(line, _VALUE, self._y, size=10.5)
            self._y -= 15
        self._y -= _LINE - 15

    def _field(self, entry: Entry, x: float, y: float, width: float, height: float) -> None:
        """A text field; its tooltip is the label, which is what the checks read it by."""
        self._canvas.acroForm.textfield(
            name=entry.field,
            tooltip=entry.label,
            x=x,
            y=y,
            width=width,
            height=height,
            fontName="Helvetica",
            fontSize=10,
            fillColor=_white(),
            borderWidth=0.5,
            borderStyle="underlined",
            forceBorder=True,
            fieldFlags="multiline" if entry.tall else "",
            maxlen=2000 if entry.tall else 120,
        )

    def _paragraph(self, text: str) -> None:
        for line in self._lines(text, _RIGHT - _LEFT, 10.5):
            self._text(line, size=10.5)

    def _lines(self, text: str, width: float, size: float) -> list[str]:
        from reportlab.lib.utils import simpleSplit  # type: ignore[import-untyped]

        found: list[str] = simpleSplit(text, _FONT, size, width) if text else []
        return found

    def _text(self, text: str, *, size: float, bold: bool = False, faint: bool = False) -> None:
        self._room(size * 1.5)
        self._put(text, _LEFT, self._y, size=size, bold=bold, faint=faint)
        self._y -= size * 1.5

    def _put(self, text: str, x: float, y: float, *, size: float, bold: bool = False, faint: bool = False) -> None:
        self._canvas.setFillColorRGB(*(_FAINT if faint else _INK))
        self._canvas.setFont(f"{_FONT}-Bold" if bold else _FONT, size)
        self._canvas.drawString(x, y, text)

    def _room(self, height: float) -> None:
        """A new page where there is not as much room left."""
        if self._y - height < _BOTTOM:
            self._foot()
            self._canvas.showPage()
            self._y = _TOP

    def _foot(self) -> None:
        self._put(self._form.footer, _LEFT, 40, size=8.5, faint=True)
