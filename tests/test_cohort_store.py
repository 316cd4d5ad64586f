"""A cohort on disk: the same whatever the number of workers and however often it was killed; and what is refused."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from myoqc.cohort import Cohort, Request, make_cohort
from myoqc.errors import InputError, OutputError, ReadError
from myoqc.fit import fit_maps
from myoqc.pipeline import check
from myoqc.records import Segments

REQUEST = Request(preset="multi", patients=1, seed=5)
MAKE = """
import sys
from pathlib import Path
from myoqc.cohort import Request, make_cohort
if __name__ == "__main__":
    make_cohort(Path(sys.argv[1]), Request(preset="multi", patients=1, seed=5))
"""


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    return make_cohort(tmp_path_factory.mktemp("cohort"), REQUEST, workers=2)


@pytest.fixture
def copy(cohort, tmp_path):
    shutil.copytree(cohort.folder, tmp_path / "copy")
    return tmp_path / "copy"


def change(folder, **more):
    about = json.loads((folder / "cohort.json").read_text())
    (folder / "cohort.json").write_text(json.dumps(about | more))


def killed_after_the_first_case(script, folder):
    """Begin a cohort with one worker, and kill the program, as the system would, once a case is done."""
    process = subprocess.Popen([sys.executable, str(script), str(folder)])
    while not any((folder / "unfinished").glob("*.json")):
        assert process.poll() is None, "the program ended by itself"
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def test_a_cohort_killed_in_the_middle_goes_on_to_the_same_bits_with_any_number_of_workers(cohort, tmp_path):
    script, folder = tmp_path / "make.py", tmp_path / "killed"
    script.write_text(MAKE)
    killed_after_the_first_case(script, folder)
    with pytest.raises(ReadError, match=r"half made; found \d of 3 cases.*Give the command that began it again"):
        Cohort.open(folder)
    (folder / "images" / "c.9.0.0.0.0123.partial").touch()
    told = []
    resumed = make_cohort(folder, REQUEST, workers=1, progress=lambda done, total: told.append((done, total)))
    assert 1 <= told[0][0] < 3
    assert told[-1] == (3, 3)
    assert resumed.about == cohort.about
    assert resumed.rows == cohort.rows
    assert all(resumed.is_sound(number) for number in range(3))
    names = [{path.relative_to(each) for path in each.rglob("*")} for each in (folder, cohort.folder)]
    assert names[0] == names[1]


def test_a_finished_cohort_is_not_made_again(copy):
    written = (copy / "images" / "c.0.0.0.0").stat().st_mtime_ns
    told = []
    make_cohort(copy, REQUEST, workers=1, progress=lambda *counts: told.append(counts))
    assert told == []
    assert (copy / "images" / "c.0.0.0.0").stat().st_mtime_ns == written


def test_another_request_is_not_mixed_into_a_cohort(copy):
    with pytest.raises(OutputError, match="holds another cohort") as raised:
        make_cohort(copy, Request(preset="multi", patients=1, seed=6))
    assert '"seed": 6' in raised.value.expected
    assert '"seed": 5' in raised.value.found


def test_files_of_others_are_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(OutputError, match="not an empty folder"):
        make_cohort(tmp_path, REQUEST)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_cohort_has_a_case_at_least(tmp_path):
    with pytest.raises(InputError, match="a cohort without patients"):
        make_cohort(tmp_path / "none", Request(patients=0))
    assert not (tmp_path / "none").exists()


def test_the_maps_are_those_that_anybody_fits_to_the_stored_images(cohort):
    for number in range(len(cohort)):
        case = cohort.case(number)
        maps = fit_maps(case.acquisition)
        assert np.nanmax(np.abs(maps.t1_ms - case.maps.t1_ms)) <= 0.0501
        assert np.nanmax(np.abs(maps.r2 - case.maps.r2)) <= 1e-5
        assert np.array_equal(np.isnan(maps.t1_ms), np.isnan(case.maps.t1_ms))


def test_the_segments_are_those_of_the_contours(cohort):
    case = cohort.case(1)
    again = Segments.from_contours(case.contours, case.acquisition.grid)
    assert np.array_equal(again.masks, case.segments.masks)


def test_a_stored_case_can_be_checked_like_any_study(cohort):
    case = cohort.case(0)
    assessment = check(case.acquisition, contours=case.contours)
    assert assessment.scores is not None


def test_schemes_with_different_numbers_of_images_share_a_store(cohort):
    n_images = [len(cohort.case(number).acquisition.images) for number in range(len(cohort))]
    assert len(set(n_images)) > 1
    assert cohort.arrays["images"].shape[1] == max(n_images)


def test_labels_are_there_for_every_case(cohort):
    for labels in (cohort.motion, cohort.operator, cohort.second_reader):
        assert labels.shape == (len(cohort), 6)
        assert labels.dtype == bool
    assert cohort.rows[2]["operator"] == cohort.operator[2].astype(int).tolist()
    assert [bool(case) for case in cohort.case(2).truth.motion] == cohort.motion[2].tolist()


def test_the_slices_of_a_patient_have_one_subject(cohort):
    assert len(set(zip(cohort.patients, cohort.subjects, strict=True))) == len(set(cohort.subjects)) == 2


def test_a_changed_chunk_is_found_by_its_digest(copy):
    chunks = copy / "r2"
    (chunks / "c.1.0.0").write_bytes((chunks / "c.2.0.0").read_bytes())
    (copy / "images" / "c.0.0.0.0").unlink()
    cohort = Cohort.open(copy)
    assert [cohort.is_sound(number) for number in range(3)] == [False, False, True]


@pytest.mark.parametrize("number", [-1, 3])
def test_a_case_that_there_is_not_is_refused(cohort, number):
    with pytest.raises(InputError, match="no such case; expected 0 to 2"):
        cohort.case(number)


def test_a_damaged_chunk_is_told_with_its_case(copy):
    (copy / "t1" / "c.2.0.0").write_bytes(b"no chunk")
    with pytest.raises(ReadError, match="this cohort is damaged; found case 2"):
        Cohort.open(copy).case(2)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: (folder / "cohort.json").unlink(), "no cohort here.*myoqc simulate cohort"),
        (lambda folder: (folder / "cohort.json").write_text("{"), "can't be read"),
        (lambda folder: (folder / "cohort.json").write_text("[]"), "describes no cohort of myoqc"),
        (lambda folder: change(folder, version=99), "later version of myoqc; expected layout 2; found layout 99"),
        (lambda folder: change(folder, version=1), "an earlier version of myoqc; expected layout 2; found layout 1"),
        (lambda folder: change(folder, state="unfinished"), "half made; found 0 of 3 cases"),
        (lambda folder: change(folder, n_cases=4), "damaged; found 3 lines in cases.jsonl for 4 cases"),
        (lambda folder: (folder / "cases.jsonl").unlink(), "this cohort is damaged"),
        (lambda folder: shutil.rmtree(folder / "t1"), "this cohort is damaged"),
    ],
)
def test_a_store_that_can_not_be_used_is_refused_with_the_reason(copy, spoil, words):
    spoil(copy)
    with pytest.raises(ReadError, match=words):
        Cohort.open(copy)


def test_the_datasheet_says_what_it_is_and_what_not(cohort):
    page = (cohort.folder / "datasheet.md").read_text()
    assert page.startswith("# SIMULATED")
    for words in ("No patient was scanned", "not a medical device", "| maps with motion | 321 |", "seed: 5"):
        assert words in page
    assert all(digest in page for digest in cohort.about["sha256"].values())
    assert str(Path.home()) not in page
