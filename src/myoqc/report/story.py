"""A long measurement as a page that tells it part by part, and its tables and pictures as files of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup

from myoqc import __version__
from myoqc.report.page import page_environment, page_style
from myoqc.report.pictures import picture_uri
from myoqc.report.sheet import Sheet
from myoqc.report.sheet_files import as_html, as_latex, as_tsv
from myoqc.report.words import DISCLAIMER

TABLES, PICTURES, PAGE = "tables", "figures", "index.html"


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A picture with what it shows."""

    name: str
    """Of its files."""
    caption: str
    png: bytes
    svg: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A part of the story: what it asks, what was found, and the tables and pictures that show it."""

    name: str
    """In addresses within the page."""
    title: str
    sentences: tuple[str, ...]
    """Paragraphs of plain text."""
    sheets: Mapping[str, Sheet] = field(default_factory=dict)
    """Name of its files → table."""
    drawings: tuple[Drawing, ...] = ()


def story_files(out: Path, title: str, lead: Sequence[str], parts: Sequence[Part]) -> dict[Path, bytes]:
    """Path → content: ``index.html`` on its own, every table as TSV, HTML and LaTeX, every picture as PNG and SVG.

    ``lead`` are the sentences that someone reads who reads nothing else. The page says that all of it is SIMULATED.
    """
    contents = {out / PAGE: _page(title, lead, parts).encode()}
    for part in parts:
        for name, sheet in part.sheets.items():
            for kind, written in (("tsv", as_tsv), ("html", as_html), ("tex", as_latex)):
                contents[out / TABLES / f"{name}.{kind}"] = written(sheet).encode()
        for drawing in part.drawings:
            contents[out / PICTURES / f"{drawing.name}.png"] = drawing.png
            contents[out / PICTURES / f"{drawing.name}.svg"] = drawing.svg
    return contents


def _page(title: str, lead: Sequence[str], parts: Sequence[Part]) -> str:
    page = page_environment().get_template("story.html.j2")
    return page.render(
        title=title,
        lead=lead,
        parts=parts,
        css=page_style(),
        as_table=lambda sheet: Markup(as_html(sheet)),  # escaped there
        picture_uri=picture_uri,
        disclaimer=DISCLAIMER,
        version=__version__,
    )
