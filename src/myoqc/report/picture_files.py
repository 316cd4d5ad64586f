"""A figure as the bytes of its files: the same figure gives the same bytes."""

from io import BytesIO

import matplotlib as mpl
from matplotlib.figure import Figure

DPI = 120


def picture_files(figure: Figure, dpi: int = DPI) -> dict[str, bytes]:
    """Kind of file ('png', 'svg') → content, without the date or the name of the software."""
    saved = {}
    with mpl.rc_context({"svg.hashsalt": "myoqc"}):
        for kind, metadata in (("png", {"Software": None}), ("svg", {"Date": None, "Creator": None})):
            buffer = BytesIO()
            figure.savefig(buffer, format=kind, dpi=dpi, metadata=metadata)
            saved[kind] = buffer.getvalue()
    return saved
