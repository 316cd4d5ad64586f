"""What the nine outputs of the segmenter are, for those who train it and those who run it."""

from myoqc.aha import Level

TISSUES = slice(0, 4)
"""Softmax: background, left cavity, left wall, right cavity."""
INSERTIONS = slice(4, 6)
"""Sigmoid: a spot at the anterior and at the inferior insertion of the right ventricle."""
LEVELS = slice(6, 9)
"""Softmax in each pixel of the left ventricle, in the order of :data:`LEVEL_ORDER`."""
N_OUTPUTS = 9
LEVEL_ORDER = (Level.BASAL, Level.MID, Level.APICAL)
