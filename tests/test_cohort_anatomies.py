"""Real hearts lent to the patients of a cohort."""

import numpy as np
import pytest

from cohort_cases import small_case
from myoqc.cohort import Request, build, make_cohort
from myoqc.cohort.anatomies import digest_of_subjects, read_subjects
from myoqc.errors import InputError, ReadError


def write_heart(path, radius_px=12.0, **more):
    """An archive with one image and the two masks of its left ventricle."""
    y, x = np.mgrid[:80, :90]
    away = np.hypot(y - 40, x - 45)
    endo, epi = away < radius_px, away < 20.0
    np.savez(path, image=100.0 + 50.0 * endo, endo=endo, epi=epi, spacing_mm=1.3, level="mid", **more)


@pytest.fixture
def hearts(tmp_path):
    folder = tmp_path / "hearts"
    folder.mkdir()
    for name, radius_px in (("anna", 12.0), ("bela", 13.0)):
        write_heart(folder / f"{name}.npz", radius_px, subject=name)
    return folder


@pytest.fixture
def made(monkeypatch):
    """Plan and images of every case; none is simulated, and no process is started."""
    calls = []

    def make_case(plan, images):
        calls.append((plan, images))
        return small_case()

    def in_processes(work, tasks, workers):
        for task in tasks:
            yield work(*task)

    monkeypatch.setattr(build, "make_case", make_case)
    monkeypatch.setattr(build, "in_processes", in_processes)
    return calls


def test_patients_with_a_real_heart_are_made_from_the_images_of_their_subject(hearts, made, tmp_path):
    make_cohort(tmp_path / "cohort", Request(patients=4, anatomies=hearts, real_share=0.5))
    lent = {plan.patient.anatomy for plan, _ in made}
    assert lent == {None, "anna", "bela"}
    for plan, images in made:
        assert {image.subject for image in images} == ({plan.patient.anatomy} if plan.patient.anatomy else set())


def test_a_cohort_tells_its_anatomies_by_what_they_are_and_not_by_where_they_lie(hearts, made, tmp_path):
    request = Request(patients=1, anatomies=hearts, real_share=1.0)
    cohort = make_cohort(tmp_path / "cohort", request)
    assert cohort.about["made_of"]["anatomies"] == digest_of_subjects(read_subjects(hearts))
    assert str(hearts) not in (cohort.folder / "cohort.json").read_text()


def test_any_change_of_a_heart_changes_the_digest(hearts):
    before = digest_of_subjects(read_subjects(hearts))
    write_heart(hearts / "anna.npz", 12.5, subject="anna")
    read_subjects.cache_clear()
    assert digest_of_subjects(read_subjects(hearts)) != before


def test_a_folder_without_hearts_is_refused(tmp_path):
    with pytest.raises(ReadError, match="no usable anatomy"):
        make_cohort(tmp_path / "cohort", Request(patients=1, anatomies=tmp_path, real_share=0.5))


def test_a_share_of_real_hearts_needs_a_folder_of_them(tmp_path):
    with pytest.raises(InputError, match="no subjects"):
        make_cohort(tmp_path / "cohort", Request(patients=1, real_share=0.5))
