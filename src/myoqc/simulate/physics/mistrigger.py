"""What goes wrong with the trigger: an image read in another phase of the heart, a heartbeat that is not detected."""

from dataclasses import replace

import numpy as np

from myoqc.errors import InputError
from myoqc.simulate.physics.timing import UNPREPARED, Timing


def apply_mistrigger(timing: Timing, image: int, delay_ms: float) -> Timing:
    """The timeline with one ``image`` (from 0) read ``delay_ms`` later (negative: earlier) than it should be.

    The header does not know of it: the stated times stay. A preparation of the same heartbeat hangs on the same trigger
    and moves with the image, which keeps its own inversion time and changes those of the images that follow. Raises
    InputError for an image that is not there, or a delay that reaches the image before or after.
    """
    n_images = len(timing.readout_ms)
    if not 0 <= image < n_images:
        raise InputError("no such image", expected=f"0 to {n_images - 1}", found=image)
    readout_ms, preparation_ms = timing.readout_ms.copy(), timing.preparation_ms.copy()
    group = timing.group[image]
    if group != UNPREPARED and image == np.flatnonzero(timing.group == group)[0]:
        preparation_ms[group] += delay_ms
    readout_ms[image] += delay_ms
    if not (np.diff(readout_ms) > 0.0).all():
        raise InputError("the image would be read before or after its neighbour", found=f"{delay_ms:g} ms")
    return replace(timing, readout_ms=readout_ms, preparation_ms=preparation_ms)


def apply_missed_beat(timing: Timing, image: int) -> Timing:
    """The timeline when the heartbeat of ``image`` (from 0) is not detected: it and all that follow come a beat later.

    The header states what came about, for a scanner dates an image by the trigger that it acted on. Raises InputError
    for an image that is not there.
    """
    n_images = len(timing.readout_ms)
    if not 0 <= image < n_images:
        raise InputError("no such image", expected=f"0 to {n_images - 1}", found=image)
    later_ms = timing.rr_ms.mean() * (np.arange(n_images) >= image)
    prepared_later = [timing.group.tolist().index(number) >= image for number in range(len(timing.preparation_ms))]
    preparation_ms = timing.preparation_ms + timing.rr_ms.mean() * np.array(prepared_later)
    late = replace(timing, readout_ms=timing.readout_ms + later_ms, preparation_ms=preparation_ms)
    return replace(late, ti_ms=late.true_ti_ms)
