"""Arguments that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Input = Annotated[
    Path, typer.Argument(metavar="INPUT", help="Folder, zip archive or file: DICOM, BIDS (NIfTI + JSON) or .npz.")
]
Out = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Where results go; made if absent.")]
Method = Annotated[
    str, typer.Option("--method", help="shmolli, molli, sasha3, sasha2, or auto: what the inversion times ask for.")
]
Engine = Annotated[str, typer.Option("--engine", help="numba (optional part 'fast'), numpy, or auto: the faster one.")]
ReadoutCorrection = Annotated[
    float,
    typer.Option(
        "--readout-correction", min=0.5, max=2.0, help="Factor on T1, such as 1.0365 of one vendor; 1 = none."
    ),
]
