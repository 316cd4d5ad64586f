"""The scanner's own files: everything of the ShMOLLI phantom is found and tied together."""

import zipfile
from pathlib import Path

import numpy as np
import pydicom
import pytest

from myoqc import schedules
from myoqc.acquire import Catalogue, Role, read_dicom, scan
from myoqc.records import Acquisition

SHARED = Path(__file__).parents[2] / "shared" / "data"
PHANTOM = SHARED / "shmolli-phantom"
CINE = SHARED / "sunnybrook-cine"

needs_phantom = pytest.mark.skipif(not PHANTOM.is_dir(), reason="the phantom's files are not on this machine")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return scan(PHANTOM)


@pytest.fixture(scope="module")
def acquisition(catalogue: Catalogue) -> Acquisition:
    return catalogue.entries[0].load()


def stored(name: str) -> np.ndarray:
    return pydicom.dcmread(PHANTOM / name).pixel_array


@needs_phantom
def test_every_series_of_the_phantom_is_understood(catalogue: Catalogue) -> None:
    assert [(line.number, line.n_images, line.role) for line in catalogue.series] == [
        (12, 7, Role.MAGNITUDE),
        (13, 7, Role.PHASE),
        (14, 1, Role.OTHER),
        (14, 1, Role.T1_MAP),
        (15, 7, Role.FIT_MAPS),
    ]
    assert "coloured copy" in catalogue.series[2].why
    assert catalogue.series[0].ti_source == "InversionTime (0018,0082)"
    assert catalogue.problems == ()


@needs_phantom
def test_the_phantom_is_one_acquisition_in_order_of_acquisition(catalogue: Catalogue, acquisition: Acquisition) -> None:
    assert len(catalogue.entries) == 1
    assert acquisition.ti_ms.tolist() == [100, 1100, 2100, 3100, 4100, 180, 260]
    assert acquisition.schedule == schedules.SHMOLLI
    assert set(acquisition.source.ti_attribute) == {"InversionTime (0018,0082)"}
    assert acquisition.key.slice_uid == pydicom.dcmread(PHANTOM / "magnitude" / "01.dcm").SOPInstanceUID
    assert (acquisition.field_t, acquisition.rr_ms, acquisition.trigger_ms) == (3.0, None, None)
    assert acquisition.grid.spacing_mm.tolist() == [0.9375, 0.9375]
    for number, image in enumerate(acquisition.images, start=1):
        assert np.array_equal(image, stored(f"magnitude/{number:02d}.dcm"))


@needs_phantom
def test_the_phantoms_phase_is_in_radians(acquisition: Acquisition) -> None:
    assert acquisition.phase_rad is not None
    expected = (stored("phase/03.dcm") * 2.0 - 4096.0) * np.pi / 4096.0
    assert np.allclose(acquisition.phase_rad[2], expected, atol=1e-6)


@needs_phantom
def test_the_scanners_maps_are_those_of_its_files(acquisition: Acquisition) -> None:
    scanner = acquisition.scanner_map
    assert scanner is not None
    t1 = stored("t1map/02.dcm")
    fitted = t1 > 0
    assert np.array_equal(np.isnan(scanner.t1_ms), ~fitted)
    assert np.array_equal(scanner.t1_ms[fitted], t1[fitted])
    for values, name in ((scanner.a, "02"), (scanner.b, "03"), (scanner.t1_star_ms, "04")):
        assert values is not None
        assert np.array_equal(values[fitted], stored(f"fitparams/{name}.dcm")[fitted])
    assert scanner.r2 is not None
    assert np.array_equal(scanner.r2[fitted] * 4000, stored("fitparams/01.dcm")[fitted])
    assert scanner.samples_used is not None
    codes = stored("fitparams/05.dcm")
    assert [np.unique(scanner.samples_used[codes == code]).tolist() for code in (0, 1000, 2000, 3000)] == [
        [0],
        [5],
        [6],
        [7],
    ]
    assert scanner.method == "scanner"


@needs_phantom
def test_a_zip_of_the_phantom_gives_the_same_acquisition(tmp_path: Path, acquisition: Acquisition) -> None:
    archive = tmp_path / "study.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(PHANTOM.rglob("*.dcm")):
            file.write(path, f"../{path.relative_to(PHANTOM)}")
    (zipped,) = read_dicom(archive)
    assert np.array_equal(zipped.images, acquisition.images)
    assert zipped.source.files[0].endswith("study.zip/../magnitude/01.dcm")
    assert zipped.scanner_map is not None
    assert [path.name for path in tmp_path.iterdir()] == ["study.zip"]


@pytest.mark.skipif(not CINE.is_dir(), reason="the cine files are not on this machine")
def test_cine_series_are_understood_as_something_else() -> None:
    catalogue = scan(CINE)
    assert catalogue.entries == ()
    assert {line.role for line in catalogue.series} == {Role.OTHER}
    assert len({line.study_label for line in catalogue.series}) == 3
