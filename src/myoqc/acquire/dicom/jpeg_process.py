"""Decodes JPEG, JPEG-LS and JPEG 2000 images in a process of its own, run as a script by the module ``jpeg``.

The decoders are written in C and can crash on damaged bytes. Input: a line of JSON (per image: transfer syntax, number
of bytes, options for pydicom's decoder), then the bytes of all images. Output: each image in NumPy's format, in order.
"""

import json
import os
import sys
from io import BytesIO
from typing import BinaryIO

import numpy as np
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import get_decoder


def main(source: BinaryIO, target: BinaryIO) -> None:
    """Decode until the input ends or an image can't be decoded, which raises what pydicom raises."""
    for job in json.loads(source.readline()):
        code = source.read(job["n_bytes"])
        image, _ = get_decoder(job["syntax"]).as_array(encapsulate([code]), index=0, raw=True, **job["options"])
        buffer = BytesIO()
        np.save(buffer, image, allow_pickle=False)
        target.write(buffer.getvalue())
        target.flush()


if __name__ == "__main__":
    # The decoders print to standard output, so the images go through a copy of it that they do not know.
    images = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    main(sys.stdin.buffer, images)
