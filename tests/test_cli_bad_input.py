"""Bad input at the command line: what is printed, what is kept, and the exit code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bad_input_page import Outcome, page
from bad_inputs import BAD_INPUTS, HARMLESS
from dicom_samples import SHMOLLI_TI_MS, save_all, weighted
from myoqc.acquire.dicom import load
from myoqc.cli.app import app
from stand_in_segmenter import Answer, StandIn

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "bad-input.md"
MOST_MEMORY_KIB = 2**20


@pytest.fixture(scope="module")
def audit():
    """The whole table of bad inputs, run in one process of its own so that its memory can be measured."""
    command = [sys.executable, str(TESTS / "bad_input_page.py")]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.fixture(scope="module")
def outcomes(audit):
    """What each bad input gave, by its name."""
    return {fields["name"]: Outcome(**fields) for fields in audit["outcomes"]}


@pytest.mark.parametrize("bad", BAD_INPUTS, ids=lambda bad: bad.name)
def test_bad_input_is_named_with_what_to_do_and_stops_nothing_else(outcomes, bad):
    outcome = outcomes[bad.name]
    assert outcome.exit_code == bad.exit_code, outcome.printed
    assert outcome.n_checked == bad.n_checked, outcome.printed
    assert "Traceback" not in outcome.printed
    wanted = (bad.names, bad.says, bad.advises)
    assert any(all(words in message for words in wanted) for message in outcome.messages), outcome.printed


@pytest.mark.parametrize("clutter", HARMLESS, ids=lambda clutter: clutter.name)
def test_what_is_no_image_for_t1_mapping_is_passed_over_without_a_word(outcomes, clutter):
    outcome = outcomes[clutter.name]
    assert (outcome.exit_code, outcome.n_checked) == (0, 1), outcome.printed
    assert outcome.messages == []


def test_all_bad_inputs_one_after_another_stay_below_one_gib(audit):
    assert audit["peak_kib"] < MOST_MEMORY_KIB


def test_the_page_on_bad_input_is_up_to_date(outcomes):
    """Messages of libraries change with their versions, so they are not compared word by word."""
    written = {cells[0]: cells for cells in rows(PAGE.read_text(encoding="utf-8"))}
    made = {cells[0]: cells for cells in rows(page(outcomes.values()))}
    assert list(written) == list(made)
    assert [cells[-1] for cells in written.values()] == [cells[-1] for cells in made.values()]
    for bad in BAD_INPUTS:
        assert all(words in written[bad.name][1] for words in (bad.names, bad.says, bad.advises)), bad.name


def rows(text):
    """The cells of the rows of the page's table."""
    lines = [line for line in text.splitlines() if line.startswith("| ")][2:]
    return [line.strip("| ").split(" | ") for line in lines]


@pytest.fixture(autouse=True)
def nothing_to_find(monkeypatch):
    monkeypatch.setattr("myoqc.locate.shipped_segmenter", lambda: StandIn([Answer(None)]))


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def study_with_copies(tmp_path):
    save_all(weighted(), tmp_path / "study" / "a")
    save_all(weighted(), tmp_path / "study" / "b")
    return tmp_path / "study"


@pytest.mark.parametrize("command", [["check", "--list"], ["check", "--engine", "numpy"], ["fit", "--engine", "numpy"]])
def test_copies_that_cost_nothing_are_told_and_count_as_success(study_with_copies, tmp_path, command):
    result = run(*command, study_with_copies, "--out", tmp_path / "results")
    assert result.exit_code == 0, result.output
    assert "01.dcm: a copy of a file that was read already (and 6 more of its series)" in result.output


def test_notes_stand_in_the_record_of_the_run_apart_from_what_was_lost(study_with_copies, tmp_path):
    run("check", study_with_copies, "--out", tmp_path / "results", "--engine", "numpy")
    content = json.loads((tmp_path / "results" / "run.json").read_text())
    assert content["exit_code"] == 0
    assert content["unusable"] == []
    (note,) = content["notes"]
    assert note["file"].endswith("01.dcm")
    assert "used once" in note["text"]


def test_a_damaged_file_is_told_once(tmp_path):
    paths = save_all(weighted(), tmp_path / "study")
    paths[2].write_bytes(paths[2].read_bytes()[:-50])
    result = run("check", tmp_path / "study", "--out", tmp_path / "results")
    assert result.exit_code == 4
    assert result.output.count("03.dcm: cut off") == 1


@pytest.mark.parametrize(
    ("beside_good", "code", "heading"),
    [(False, 4, "Slices that can be checked: 0"), (True, 3, "Slices that can be checked: 1")],
)
def test_the_list_says_which_slices_can_not_be_used_and_why(tmp_path, monkeypatch, beside_good, code, heading):
    monkeypatch.setattr(load, "read_images", lambda *_: pytest.fail("pixels were read"))
    save_all(weighted(SHMOLLI_TI_MS[:6]), tmp_path / "six")
    save_all(weighted(study=2, PixelSpacing=None), tmp_path / "spacing")
    save_all(weighted(study=3, InversionTime=None), tmp_path / "times")
    if beside_good:
        save_all(weighted(study=4, PatientID="GOOD"), tmp_path / "good")
    result = run("check", tmp_path, "--list")
    assert result.exit_code == code
    assert heading in result.output
    assert "Slices that can't be used: 3" in result.output
    for words in ("expected 7; found 6", "PixelSpacing is missing", "no attribute tells the inversion times"):
        assert result.output.count(words) == 1


def test_a_damaged_file_is_told_once_in_the_list(tmp_path):
    paths = save_all(weighted(), tmp_path / "study")
    paths[2].write_bytes(paths[2].read_bytes()[:-50])
    assert run("check", tmp_path, "--list").output.count("03.dcm: cut off") == 1
