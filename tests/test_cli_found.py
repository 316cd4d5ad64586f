"""Studies through the command line with nothing but their images, and the segmenter that ships."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from hearts import DATA
from myoqc import polygons
from myoqc.acquire import read_contours, write_npz
from myoqc.cli.app import app
from myoqc.evaluate import dice
from myoqc.records import Acquisition, CaseKey


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo")
    result = CliRunner().invoke(app, ["demo", "--out", str(out)])
    assert result.exit_code == 0, result.output
    return out, result.output


def wall(contours, shape):
    return polygons.fill(contours.epi_px, shape) & ~polygons.fill(contours.endo_px, shape)


def test_the_demo_finds_the_hearts_and_the_motion_without_being_told_where(demo):
    out, printed = demo
    assert "Mid slice: no motion found." in printed
    assert "Basal slice: motion likely in" in printed
    found = [json.loads(path.read_text()) for path in (out / "results").rglob("assessment.json")]
    assert [each["contours"]["origin"] for each in found] == ["automatic"] * 2
    assert all(each["contours"]["quality"] > 0.8 for each in found)


def test_the_outlines_that_the_demo_finds_are_those_that_it_drew(demo):
    out, _ = demo
    (written,) = (out / "results").glob("*/contours.json")
    drawn = {each.series_number: each.contours for each in read_contours(out / "contours.json")}
    found = {each.series_number: each.contours for each in read_contours(written)}
    assert drawn.keys() == found.keys()
    for number in drawn:
        masks = [wall(contours, (240, 320)) for contours in (drawn[number], found[number])]
        assert dice(*masks) > 0.85
        away_mm = 0.9375 * np.linalg.norm(drawn[number].rv_insertion_px - found[number].rv_insertion_px)
        assert away_mm < 5.0


def never_scored(source, out):
    result = CliRunner().invoke(app, ["check", str(source), "--out", str(out)])
    assert result.exit_code == 0, result.output
    found = [json.loads(path.read_text()) for path in out.rglob("assessment.json")]
    assert all(each["abstained_reason"].startswith("no left ventricle found") for each in found), result.output
    assert all(each["segments"] == [] for each in found)
    return len(found)


def test_a_real_phantom_is_never_scored(tmp_path):
    if not (DATA / "shmolli-phantom").exists():
        pytest.skip("the real phantom (shared/data/shmolli-phantom) is not on this machine")
    assert never_scored(DATA / "shmolli-phantom", tmp_path) == 1


def test_real_kidneys_are_never_scored(tmp_path):
    if not (DATA / "kidney-molli").exists():
        pytest.skip("the real kidneys (shared/data/kidney-molli) are not on this machine")
    with np.load(DATA / "kidney-molli" / "kidney.npz") as kidney:
        # Magnitudes above 32,767 were stored as negative numbers.
        stack, ti_ms = kidney["array"].view(np.uint16).transpose(2, 3, 1, 0), kidney["TI"]
        spacing_mm = kidney["pixel_spacing"]
    (tmp_path / "study").mkdir()
    for number, images in enumerate(stack):
        acquisition = Acquisition.from_arrays(
            images, ti_ms, schedule="MOLLI", spacing_mm=spacing_mm, key=CaseKey(slice_uid=f"kidney-{number}")
        )
        write_npz(acquisition, tmp_path / "study" / f"{number}.npz")
    assert never_scored(tmp_path / "study", tmp_path / "results") == 2
