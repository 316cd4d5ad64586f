"""The segmenter that comes with the package: its files, a heart that it finds, and what it takes for none."""

import hashlib
import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from few_cases import simulated
from hearts import DATA, SHMOLLI_TI_MS, short_axis
from myoqc import polygons
from myoqc.acquire import read_dicom
from myoqc.errors import NoVentricleError
from myoqc.evaluate import dice, insertion_error_mm
from myoqc.fit import fit_maps
from myoqc.locate import find_heart, shipped_segmenter
from myoqc.locate.channels import channels
from myoqc.locate.segmenter import CARD_FILE, MODEL_FILE, MOST_BYTES
from myoqc.records import Acquisition, Grid
from turned_slices import turned

FOLDER = Path(str(files("myoqc.locate"))) / "weights"
PHANTOM, KIDNEY = DATA / "shmolli-phantom", DATA / "kidney-molli" / "kidney.npz"


@pytest.fixture(scope="module")
def still_mid():
    return simulated()[1]


def test_the_weights_are_those_of_their_card():
    digests = json.loads((FOLDER / CARD_FILE).read_text(encoding="utf-8"))["files"]
    assert MODEL_FILE in digests
    assert len(digests) == 2
    for name, digest in digests.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest, name


def test_no_file_of_the_weights_is_larger_than_ten_megabytes():
    sizes = {path.name: path.stat().st_size for path in FOLDER.iterdir()}
    assert len(sizes) == 3
    assert max(sizes.values()) <= MOST_BYTES == 10_000_000


def test_the_card_says_what_the_weights_were_made_of_how_good_they_are_and_where_they_end():
    card = shipped_segmenter().card
    assert card["trained_on"]["simulated"] is True
    assert set(card["trained_on"]["slices"]) == {"trained", "validated", "tested"}
    assert card["figures_on_simulated_images"]["all"]["n"] > 0
    assert card["limits"]
    assert "seed" in card["recipe"]


def test_both_forms_of_the_weights_give_the_same(still_mid):
    torch = pytest.importorskip("torch")
    from myoqc.train.segmenter_export import read_network

    seen = channels(still_mid.acquisition, still_mid.maps)
    with torch.no_grad():
        expected = read_network(FOLDER)(torch.from_numpy(seen.values.copy())[None])[0].numpy()
    assert np.abs(shipped_segmenter().logits(seen) - expected).max() < 1e-4


def wall_and_cavity(contours, shape):
    cavity = polygons.fill(contours.endo_px, shape)
    return np.stack([polygons.fill(contours.epi_px, shape) & ~cavity, cavity])


def test_the_heart_of_a_still_simulated_slice_is_found(still_mid):
    acquisition, true = still_mid.acquisition, still_mid.contours
    found = find_heart(acquisition, still_mid.maps)
    masks, true_masks = (wall_and_cavity(contours, acquisition.grid.shape) for contours in (found.contours, true))
    assert (dice(masks, true_masks) >= [0.8, 0.9]).all()
    for name in ("rv_insertion_px", "rv_inferior_px"):
        point_px = getattr(found.contours, name)
        assert insertion_error_mm(point_px, getattr(true, name), acquisition.grid.spacing_mm) < 8.0


def test_the_heart_lies_at_the_same_place_whichever_way_the_slice_is_stored(still_mid):
    acquisition, maps = still_mid.acquisition, still_mid.maps
    images, other_maps = turned(acquisition, maps, 1, True)
    here, there = find_heart(acquisition, maps), find_heart(images, other_maps)
    np.testing.assert_allclose(
        images.grid.patient_mm(polygons.centroid_px(there.contours.endo_px)),
        acquisition.grid.patient_mm(polygons.centroid_px(here.contours.endo_px)),
        atol=0.5,
    )
    assert there.quality == pytest.approx(here.quality, abs=0.02)


@pytest.mark.parametrize("level", [5.0, 100.0])
def test_noise_holds_no_ventricle(level):
    grid = short_axis((192, 256), (1.875, 1.875))
    noise = np.abs(np.random.default_rng(0).normal(0.0, level, (7, *grid.shape)))
    acquisition = Acquisition.from_arrays(noise, SHMOLLI_TI_MS, grid=grid)
    with pytest.raises(NoVentricleError, match="no left ventricle found"):
        find_heart(acquisition, fit_maps(acquisition))


def test_images_that_are_empty_but_for_a_bright_disc_hold_no_ventricle():
    grid = short_axis((192, 256), (1.875, 1.875))
    away = np.hypot(*(np.indices(grid.shape) - np.array([96, 128])[:, None, None]))
    recovered = np.abs(1.0 - 2.0 * np.exp(-np.array(SHMOLLI_TI_MS) / 900.0))[:, None, None]
    noise = np.abs(np.random.default_rng(0).normal(0.0, 5.0, (7, *grid.shape)))
    acquisition = Acquisition.from_arrays(400.0 * recovered * (away < 60) + noise, SHMOLLI_TI_MS, grid=grid)
    with pytest.raises(NoVentricleError, match="no left ventricle found"):
        find_heart(acquisition, fit_maps(acquisition))


@pytest.mark.skipif(not PHANTOM.exists(), reason="the real phantom is not on this machine")
@pytest.mark.parametrize("laid", ["as it was", "as a short axis", "without orientation"])
def test_a_phantom_holds_no_ventricle(laid):
    (phantom,) = read_dicom(PHANTOM)
    grids = {
        "as it was": phantom.grid,
        "as a short axis": short_axis(phantom.grid.shape, phantom.grid.spacing_mm),
        "without orientation": Grid.plain(phantom.grid.shape, phantom.grid.spacing_mm),
    }
    acquisition = replace(phantom, grid=grids[laid], scanner_map=None)
    with pytest.raises(NoVentricleError, match="no left ventricle found"):
        find_heart(acquisition, fit_maps(acquisition))


@pytest.mark.skipif(not KIDNEY.exists(), reason="the real kidneys are not on this machine")
@pytest.mark.parametrize("number", [0, 1])
def test_kidneys_hold_no_ventricle(number):
    with np.load(KIDNEY) as stored:
        # Magnitudes above 32,767 were stored as negative numbers.
        images = stored["array"].view(np.uint16)[:, :, number].transpose(2, 0, 1)
        ti_ms, spacing_mm = stored["TI"], stored["pixel_spacing"]
    acquisition = Acquisition.from_arrays(images, ti_ms, schedule="MOLLI", spacing_mm=spacing_mm)
    with pytest.raises(NoVentricleError, match="no left ventricle found"):
        find_heart(acquisition, fit_maps(acquisition))
