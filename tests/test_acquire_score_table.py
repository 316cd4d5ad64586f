import csv
from pathlib import Path

import numpy as np
import pytest

from myoqc.acquire.score_table import read_scores
from myoqc.aha import Segment
from myoqc.errors import ReadError
from score_tables import rows_of, text_of, two_slices, written


def refusal(path, rows):
    with pytest.raises(ReadError) as caught:
        read_scores(written(path, rows))
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "scores.csv"


def test_a_table_is_read_whatever_the_order_of_its_rows_and_columns(path):
    plain = read_scores(written(path, two_slices()))
    assert plain.case == ("C0", "C1")
    assert plain.patient == ("P0", "P1")
    assert plain.scores["score"][1].tolist() == [6 / 16, 7 / 16, 8 / 16, 9 / 16, 10 / 16, 11 / 16]
    assert np.flatnonzero(plain.labels["label"]).tolist() == [0, 10, 11]
    assert (list(plain.scores), list(plain.labels), plain.compared) == (["score"], ["label"], ())
    assert (plain.simulated, dict(plain.strata)) == (None, {})
    turned = [dict(reversed(row.items())) for row in reversed(two_slices())]
    other = read_scores(written(path, turned))
    assert other.case == ("C1", "C0")
    assert np.array_equal(other.scores["score"][::-1], plain.scores["score"])
    assert np.array_equal(other.labels["label"][::-1], plain.labels["label"])


def test_segments_go_by_number_or_by_name_and_tables_by_commas_or_by_tabs(path, tmp_path):
    by_number = read_scores(written(path, two_slices()))
    names = [row | {"segment": Segment(row["segment"] - 1).name.title()} for row in two_slices()]
    by_name = read_scores(written(tmp_path / "scores.tsv", names))
    assert np.array_equal(by_number.scores["score"], by_name.scores["score"])
    assert np.array_equal(by_number.labels["label"], by_name.labels["label"])


def test_optional_columns_are_read_and_others_are_named(path):
    truth, second = np.eye(6)[:2], np.full((2, 6), 0.25)
    rows = rows_of(
        second, truth, truth=truth, second=second, fold=[3, 4], level=["basal", "mid"], simulated=[1, 0], scanner=[8, 9]
    )
    cases = read_scores(written(path, rows))
    assert np.array_equal(cases.labels["truth"], truth)
    assert np.array_equal(cases.scores["second"], second)
    assert cases.compared == (("score", "second"),)
    assert dict(cases.strata) == {"fold": ("3", "4"), "level": ("basal", "mid")}
    assert cases.simulated.tolist() == [True, False]
    assert cases.unused == ("scanner",)


def test_what_was_read_can_not_be_changed(path):
    cases = read_scores(written(path, two_slices()))
    with pytest.raises(ValueError, match="read-only"):
        cases.scores["score"][0, 0] = 1.0
    with pytest.raises(TypeError):
        cases.strata["level"] = ()


def test_a_mark_of_order_capitals_quotes_empty_lines_and_spaces_do_not_matter(path):
    text = text_of(two_slices()).replace("case,", "Case ,", 1).replace("C0", '"C0"').replace("\n", "\r\n\r\n")
    path.write_bytes(text.encode("utf-8-sig"))
    assert read_scores(path).case == ("C0", "C1")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("score", "1.5", "line 4: the score lies outside 0–1; expected 0 to 1; found 1.5"),
        ("score", "-0.1", "line 4: the score lies outside 0–1"),
        ("score", "nan", "line 4: the score lies outside 0–1"),
        ("score", "high", "line 4: the score is not a number; expected such as 0.25; found 'high'"),
        ("score", "", "line 4: the score is not a number; expected such as 0.25; found nothing"),
        ("label", "2", "line 4: the label is neither 0 nor 1; expected 0 or 1; found 2"),
        ("label", "yes", "line 4: the label is not a number"),
        ("segment", "9", "line 4: no segment"),
        ("segment", "lateral", "7–12 of a mid-ventricular one are 1–6 here"),
        ("case", "", "line 4: the case is empty"),
        ("patient", "P9", "line 4: case 'C0' has two values of patient; expected 'P0', as in line 2; found 'P9'"),
        ("segment", "2", "line 4: segment anteroseptal of case 'C0' is there twice; expected each of the six once"),
    ],
)
def test_a_value_that_can_not_be_is_refused_with_its_line(path, name, value, message):
    rows = two_slices()
    rows[2][name] = value
    assert message in refusal(path, rows)


@pytest.mark.parametrize("name", ["truth", "second", "simulated"])
def test_optional_columns_are_held_to_their_values_too(path, name):
    rows = [row | {name: 0} for row in two_slices()]
    rows[11][name] = 7
    assert f"line 13: the {name}" in refusal(path, rows)


def test_a_missing_segment_is_named(path):
    rows = two_slices()
    del rows[8]
    assert "line 12: case 'C1' ends without inferoseptal; expected 6 segments; found 5" in refusal(path, rows)


def test_a_slice_of_two_kinds_is_refused(path):
    rows = [row | {"level": "basal"} for row in two_slices()]
    rows[5]["level"] = "mid"
    assert "line 7: case 'C0' has two values of level; expected 'basal', as in line 2" in refusal(path, rows)


def test_a_patient_in_two_folds_is_refused(path):
    rows = [row | {"patient": "P0", "fold": row["case"][1]} for row in two_slices()]
    assert "line 8: patient 'P0' is in two folds; expected fold '0', as in line 2; found '1'" in refusal(path, rows)


@pytest.mark.parametrize(("name", "value"), [("label", 0), ("label", 1), ("truth", 0), ("truth", 1)])
def test_one_class_only_is_refused(path, name, value):
    rows = [row | {name: value} for row in two_slices()]
    assert f"the column '{name}' has one class only; expected both 0 and 1; found {value}" in refusal(path, rows)


def renamed(**names):
    return [{names.get(name, name): value for name, value in row.items()} for row in two_slices()]


@pytest.mark.parametrize(("given", "meant"), [("scores", "score"), ("patient_id", "patient"), ("segments", "segment")])
def test_a_misspelt_column_is_refused_with_the_name_that_was_meant(path, given, meant):
    assert f"unknown column '{given}'; expected '{meant}'" in refusal(path, renamed(**{meant: given}))


def test_a_misspelt_optional_column_is_not_passed_over(path):
    rows = [row | {"artifact": "none"} for row in two_slices()]
    assert "unknown column 'artifact'; expected 'artefact'" in refusal(path, rows)


def test_a_column_that_is_missing_is_named_beside_those_that_are_there(path):
    message = refusal(path, renamed(label="said"))
    assert "no column 'label'; expected columns case, patient, segment, score, label; found case, patient" in message


def test_a_column_that_is_there_twice_is_refused(path):
    assert "the column 'score' is there more than once" in refusal(path, [row | {"Score": 0} for row in two_slices()])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\n \n", "the file is empty"),
        (b"case,patient,segment,score,label\n", "no rows below the names of the columns"),
        (b"case,patient,segment,score,label\nC0,P0,1,0.5\n", "line 2: not one value a column; expected 5; found 4"),
        (b"case;patient;segment;score;label\n", "expected commas; found semicolons"),
        (b"case\tpatient\n", "expected commas; found tabs"),
        (b"case,patient,segment,score,label\nC\xe4,P0,1,0.5,0\n", "not text in UTF-8; found byte 0xe4 in line 2"),
        ("case,patient".encode("utf-16"), "not text in UTF-8; found byte 0xff in line 1"),
        (b'case,patient,segment,score,label\n"C0,P0\n', "not a line of a table"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(path, content, message):
    path.write_bytes(content)
    with pytest.raises(ReadError, match=message):
        read_scores(path)


def test_a_file_of_another_kind_a_folder_and_no_file_at_all_are_refused(tmp_path):
    with pytest.raises(ReadError, match=r"expected a file that ends in \.csv .*; found '\.xlsx'"):
        read_scores(tmp_path / "scores.xlsx")
    with pytest.raises(ReadError, match="can't be opened; found No such file"):
        read_scores(tmp_path / "scores.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(ReadError, match="can't be opened"):
        read_scores(tmp_path / "folder.csv")


def test_a_field_that_is_too_long_for_a_table_is_refused(path):
    path.write_text(f"case,patient,segment,score,label\n{'C' * (csv.field_size_limit() + 1)},P0,1,0.5,0\n")
    with pytest.raises(ReadError, match="line 2: not a line of a table; found field larger"):
        read_scores(path)


def test_a_file_that_is_too_large_is_not_read(path, monkeypatch):
    monkeypatch.setattr("myoqc.acquire.score_rows.MOST_FILE_BYTES", 10)
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("read"))
    assert "too large to be read" in refusal(path, two_slices())


def test_no_name_speaks_to_the_terminal(path):
    rows = [row | {"level": "\x1b[31mbasal"} for row in two_slices()]
    assert read_scores(written(path, rows)).strata["level"] == ("?[31mbasal", "?[31mbasal")
