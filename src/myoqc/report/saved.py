"""A figure as the bytes of its files."""

from io import BytesIO

import matplotlib as mpl
from matplotlib.figure import Figure


def saved(figure: Figure, dpi: float) -> dict[str, bytes]:
    """'png' and 'svg' → content; the same figure gives the same bytes, since neither time nor chance enters."""
    files = {}
    with mpl.rc_context({"svg.hashsalt": "myoqc"}):
        for kind, metadata in (("png", {"Software": None}), ("svg", {"Date": None, "Creator": None})):
            buffer = BytesIO()
            figure.savefig(buffer, format=kind, dpi=dpi, metadata=metadata)
            files[kind] = buffer.getvalue()
    return files
