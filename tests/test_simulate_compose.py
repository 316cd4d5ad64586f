"""The object of each image: shares, texture and signals put together."""

from dataclasses import replace

import numpy as np
import pytest

from myoqc.errors import GeometryError
from myoqc.simulate.compose import compose
from myoqc.simulate.physics.table import SignalTable
from myoqc.simulate.physics.tissues import Tissue
from plain_scene import CANVAS, plain_scene

NODES_HZ = np.linspace(-200.0, 200.0, 41)


def table(n_images: int = 3) -> SignalTable:
    """Any signals: complex, different for each tissue, frequency and image."""
    rng = np.random.default_rng(0)
    real, imaginary = rng.standard_normal((2, len(Tissue), len(NODES_HZ), n_images))
    return SignalTable(NODES_HZ, real + 1j * imaginary)


def test_each_pixel_is_the_sum_of_its_tissues_at_its_own_frequency() -> None:
    rng = np.random.default_rng(1)
    scene = plain_scene()
    mixed = replace(scene, shares=rng.dirichlet(np.ones(len(Tissue)), CANVAS.shape).transpose(2, 0, 1))
    scene = replace(mixed, texture=rng.uniform(0.5, 1.5, CANVAS.shape))
    frequency = rng.uniform(-199.0, 199.0, CANVAS.shape).astype(np.float32)
    signals = table()
    seen = compose(scene, signals, frequency)
    for row, column in ((3, 7), (60, 80), (119, 159)):
        for t in range(3):
            of_tissues = [
                np.interp(frequency[row, column], NODES_HZ, signals.signal[tissue, :, t]) for tissue in Tissue
            ]
            by_hand = scene.texture[row, column] * np.sum(scene.shares[:, row, column] * of_tissues)
            assert seen[t, row, column] == pytest.approx(by_hand, rel=1e-3)


def test_air_gives_no_signal() -> None:
    scene = plain_scene()
    air = scene.shares.sum(axis=0) == 0.0
    assert air.any()
    assert not compose(scene, table(), np.zeros(CANVAS.shape, dtype=np.float32))[:, air].any()


@pytest.mark.parametrize(("frequency_hz", "node"), [(-1e4, 0), (-200.0, 0), (200.0, -1), (1e4, -1)])
def test_beyond_its_ends_the_table_goes_on_as_it_ended(frequency_hz: float, node: int) -> None:
    scene, signals = plain_scene(), table()
    seen = compose(scene, signals, np.full(CANVAS.shape, frequency_hz, dtype=np.float32))
    blood = scene.shares[Tissue.BLOOD] == 1.0
    expected = np.broadcast_to(signals.signal[Tissue.BLOOD, node][:, None], (3, int(blood.sum())))
    np.testing.assert_allclose(seen[:, blood], expected, rtol=1e-5)


def test_objects_are_single_precision_and_stand_on_the_canvas() -> None:
    seen = compose(plain_scene(), table(n_images=5), np.zeros(CANVAS.shape, dtype=np.float32))
    assert (seen.dtype, seen.shape) == (np.complex64, (5, *CANVAS.shape))


def test_a_map_of_another_matrix_is_refused() -> None:
    with pytest.raises(GeometryError, match=r"off-resonance map.*expected \(120, 160\); found \(4, 4\)"):
        compose(plain_scene(), table(), np.zeros((4, 4), dtype=np.float32))
