"""A table of words as text: Markdown for pages, tabs for spreadsheets, HTML for browsers, LaTeX for papers."""

from collections.abc import Mapping, Sequence
from html import escape
from types import MappingProxyType

from myoqc.errors import InputError
from myoqc.report.sheet import Sheet

BREAKS = str.maketrans("\t\r\n", "   ")
"""What would end a cell or a row too early."""
LATEX: Mapping[str, str] = MappingProxyType(
    {
        "\\": r"\textbackslash{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        **{mark: rf"\{mark}" for mark in "&%$#_{}"},
        **{mark: f"${mark}$" for mark in "<>|"},
        **{mark: f"{{{mark}}}" for mark in "[]*`"},  # after the end of a row, [ and * would belong to it
        '"': "''",
        "−": "$-$",
        "±": r"$\pm$",
        "×": r"$\times$",
        "÷": r"$\div$",
        "·": r"$\cdot$",
        "≤": r"$\leq$",
        "≥": r"$\geq$",
        "≠": r"$\neq$",
        "≈": r"$\approx$",
        "∞": r"$\infty$",
        "√": r"$\surd$",
        "→": r"$\rightarrow$",
        "←": r"$\leftarrow$",
        "°": r"$^\circ$",
        "²": "$^2$",
        "³": "$^3$",
        "½": r"$\frac12$",
        "α": r"$\alpha$",
        "β": r"$\beta$",
        "δ": r"$\delta$",
        "κ": r"$\kappa$",
        "λ": r"$\lambda$",
        "µ": r"$\mu$",
        "μ": r"$\mu$",
        "π": r"$\pi$",
        "ρ": r"$\rho$",
        "σ": r"$\sigma$",
        "τ": r"$\tau$",
        "χ": r"$\chi$",
        "Δ": r"$\Delta$",
        "Σ": r"$\Sigma$",
        "–": "--",
        "—": "---",
        "…": r"\dots{}",
        "‘": "{`}",
        "’": "{'}",
        "“": "{``}",
        "”": "{''}",
        "\u00a0": "~",
    }
)
"""Character → what plain LaTeX sets for it."""
NOT_IN_OT1 = frozenset("ÐðÞþ×÷")
"""Of the letters from À to ÿ, those that LaTeX's usual fonts lack."""


def as_markdown(sheet: Sheet) -> str:
    """A heading with the title, and the table; no line break at the end."""
    return f"## {sheet.title.translate(BREAKS)}\n\n{markdown_table(sheet.head, sheet.rows)}"


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The table alone: the first column to the left, others to the right."""
    lines = [f"| {' | '.join(_markdown_cell(cell) for cell in cells)} |" for cells in (head, *rows)]
    return "\n".join((lines[0], "| --- |" + " ---: |" * (len(head) - 1), *lines[1:]))


def as_tsv(sheet: Sheet) -> str:
    """A line for the head and for each row, with tabs between the cells; without the title."""
    return "".join("\t".join(cell.translate(BREAKS) for cell in cells) + "\n" for cells in (sheet.head, *sheet.rows))


def as_html(sheet: Sheet) -> str:
    """A ``<table>`` with its title for a caption; the first cell of a row names the row."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' if cell else "<td></td>" for cell in sheet.head)
    rows = "".join(f"<tr>{_html_cells(cells)}</tr>\n" for cells in sheet.rows)
    return (
        f"<table>\n<caption>{escape(sheet.title)}</caption>\n"
        f"<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{rows}</tbody>\n</table>\n"
    )


def as_latex(sheet: Sheet) -> str:
    """A ``table`` for a document that uses booktabs, with its title for a caption.

    Raises InputError for a character that plain LaTeX does not set.
    """
    head, *rows = (" & ".join(_latex(cell) for cell in cells) + r" \\" for cells in (sheet.head, *sheet.rows))
    lines = (
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{_latex(sheet.title)}}}",
        rf"\begin{{tabular}}{{l{'r' * (len(sheet.head) - 1)}}}",
        r"\toprule",
        head,
        r"\midrule",
        *rows,
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    )
    return "\n".join(lines) + "\n"


def _markdown_cell(cell: str) -> str:
    return cell.translate(BREAKS).replace("|", "\\|")


def _html_cells(cells: Sequence[str]) -> str:
    name, *others = map(escape, cells)
    return f'<th scope="row">{name}</th>' + "".join(f"<td>{cell}</td>" for cell in others)


def _latex(text: str) -> str:
    return "".join(map(_latex_character, text.translate(BREAKS)))


def _latex_character(character: str) -> str:
    if character in LATEX:
        return LATEX[character]
    if (character.isascii() and character.isprintable()) or _is_western_letter(character):
        return character
    raise InputError(
        "a character that plain LaTeX does not set",
        expected="ASCII, western letters, and the common signs of mathematics",
        found=repr(character),
        remedy="Write it in other words.",
    )


def _is_western_letter(character: str) -> bool:
    return "À" <= character <= "ÿ" and character not in NOT_IN_OT1
