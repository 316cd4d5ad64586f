"""Six segments of a crop as blocks, so that a test can count their pixels."""

import numpy as np

from myoqc.records import CROP_PX


def segment_blocks():
    """(160 160) 1–6 in six blocks of 32 × 32 pixels, two rows of three, about the middle; 0 elsewhere."""
    segment = np.zeros((CROP_PX, CROP_PX), dtype=np.uint8)
    for number in range(6):
        row, column = 48 + 32 * (number // 3), 32 + 32 * (number % 3)
        segment[row : row + 32, column : column + 32] = number + 1
    return segment
