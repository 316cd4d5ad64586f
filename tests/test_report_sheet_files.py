import csv
import re
from io import StringIO
from xml.etree import ElementTree

import pytest

from myoqc.errors import InputError
from myoqc.report.sheet import Sheet
from myoqc.report.sheet_files import LATEX, as_html, as_latex, as_markdown, as_tsv, markdown_table

SHEET = Sheet("SIMULATED: κ & co", ("", "AUC", "a|b"), (("less", "0.9 (0.8 to 1.0)", "−1 ± 2"), ("R² ≥ 0", "<1>", "–")))
MARKS = "\\^~&%$#_{}<>|[]*`\"'−±×÷·≤≥≠≈∞√→←°²³½αβδκλµμπρστχΔΣ–—…‘’“”\u00a0"


def test_a_table_in_markdown():
    assert as_markdown(SHEET) == (
        "## SIMULATED: κ & co\n\n"
        "|  | AUC | a\\|b |\n"
        "| --- | ---: | ---: |\n"
        "| less | 0.9 (0.8 to 1.0) | −1 ± 2 |\n"
        "| R² ≥ 0 | <1> | – |"
    )
    assert as_markdown(SHEET).endswith(markdown_table(SHEET.head, SHEET.rows))


def test_a_table_with_tabs_is_read_back_as_it_was():
    read = list(csv.reader(StringIO(as_tsv(SHEET)), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert tuple(map(tuple, read)) == (SHEET.head, *SHEET.rows)


def test_no_cell_ends_a_row_or_a_column_too_early():
    sheet = Sheet("a\nb", ("c\td", "e"), (("f\r\ng", "h|i"),))
    assert as_tsv(sheet) == "c d\te\nf  g\th|i\n"
    assert as_markdown(sheet) == "## a b\n\n| c d | e |\n| --- | ---: |\n| f  g | h\\|i |"
    assert r"f  g & h$|$i \\" in as_latex(sheet)


def test_a_table_in_html_is_well_formed_and_says_what_its_cells_are():
    table = ElementTree.fromstring(as_html(SHEET))
    assert table.findtext("caption") == SHEET.title
    head, *rows = table.iter("tr")
    assert [(cell.tag, cell.get("scope"), cell.text) for cell in head] == [
        ("td", None, None),
        ("th", "col", "AUC"),
        ("th", "col", "a|b"),
    ]
    assert [tuple(cell.text for cell in row) for row in rows] == list(SHEET.rows)
    assert [[(cell.tag, cell.get("scope")) for cell in row] for row in rows] == [
        [("th", "row"), ("td", None), ("td", None)]
    ] * 2


def test_html_lets_no_markup_through():
    hostile = "<script>alert(\"1\")</script> & '2'"
    text = as_html(Sheet(hostile, (hostile, hostile), ((hostile, hostile),)))
    assert "<script" not in text
    assert ElementTree.fromstring(text).findtext("caption") == hostile


def test_a_table_in_latex():
    assert as_latex(SHEET) == "\n".join(
        (
            r"\begin{table}",
            r"\centering",
            r"\caption{SIMULATED: $\kappa$ \& co}",
            r"\begin{tabular}{lrr}",
            r"\toprule",
            r" & AUC & a$|$b \\",
            r"\midrule",
            r"less & 0.9 (0.8 to 1.0) & $-$1 $\pm$ 2 \\",
            r"R$^2$ $\geq$ 0 & $<$1$>$ & -- \\",
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        )
    )


def cell_of(text):
    """What LaTeX is given for a cell."""
    return as_latex(Sheet("", (text,), ())).split("\\toprule\n")[1].split(" \\\\\n")[0]


@pytest.mark.parametrize("mark", MARKS)
def test_no_mark_of_latex_keeps_its_meaning_and_every_sign_is_plain(mark):
    written = cell_of(f"a{mark}b")
    assert written.isascii()
    assert written.startswith("a")
    assert written.endswith("b")
    mathematics = r"\$(?:\\[A-Za-z]+|\^?\\?[a-z]*\d*|[-<>|])\$"
    others = r"\\[a-z]+\{\}|\\[&%$#_{}]|\{[\[\]*`']+\}"
    assert set(re.sub(f"{mathematics}|{others}", "", written)) <= set("ab-'~")


def test_every_mark_that_is_written_in_another_way_is_tried():
    assert set(LATEX) <= set(MARKS)


def test_a_row_that_begins_with_a_bracket_is_no_option_of_the_row_before():
    assert "\n{[}1, 2{]} & " in as_latex(Sheet("t", ("", "x"), (("[1, 2]", "y"), ("*", "z"))))
    assert "\n{*} & z" in as_latex(Sheet("t", ("", "x"), (("[1, 2]", "y"), ("*", "z"))))


def test_letters_of_western_languages_stay_and_what_latex_can_not_set_is_refused():
    assert cell_of("Gwet, Müller, Señor") == "Gwet, Müller, Señor"
    for strange in "Ж心ðþ\x07":
        with pytest.raises(InputError, match="a character that plain LaTeX does not set; expected ASCII"):
            cell_of(strange)
