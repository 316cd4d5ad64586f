"""Arguments that several commands share."""

from pathlib import Path
from typing import Annotated, Literal

import typer

Input = Annotated[
    Path, typer.Argument(metavar="INPUT", help="Folder, zip archive or file: DICOM, BIDS (NIfTI + JSON) or .npz.")
]
Out = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Where results go; made if absent.")]
# Written out here, because importing myoqc.fit would slow down --help.
MethodName = Literal["auto", "shmolli", "molli", "sasha3", "sasha2"]
EngineName = Literal["auto", "numpy", "numba"]
Method = Annotated[
    MethodName,
    typer.Option(
        "--method",
        metavar="NAME",
        help="shmolli, molli, sasha3, sasha2, or auto: what the inversion times ask for.",
    ),
]
Engine = Annotated[
    EngineName,
    typer.Option("--engine", metavar="NAME", help="numba (optional part 'fast'), numpy, or auto: the faster one."),
]
ReadoutCorrection = Annotated[
    float,
    typer.Option(
        "--readout-correction", min=0.5, max=2.0, help="Factor on T1, such as 1.0365 of one vendor; 1 = none."
    ),
]
