"""``myoqc doctor``: what is installed here, and what mends what is missing."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from myoqc.extras import Extra
    from myoqc.locate import Segmenter
    from myoqc.score import NetworkScorer


def doctor() -> None:
    """Print versions, processor and threads, scorers found, and what each optional part lacks."""
    import os
    import platform
    from importlib.metadata import version

    from rich.table import Table

    from myoqc import __version__
    from myoqc.cli.console import console
    from myoqc.extras import EXTRAS, available

    table = Table(show_header=False, box=None)
    table.add_row("myoqc", __version__)
    table.add_row("Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    for name in ("numpy", "scipy", "pydicom", "python-gdcm", "nibabel", "onnxruntime"):
        table.add_row(name, version(name))
    table.add_row("processor", f"{os.cpu_count()} cores")
    table.add_row("threads", _threads())
    table.add_row("graphics processor", _graphics_processor())
    table.add_row("fit", "numba (compiled)" if available("fast") else "NumPy (the optional part 'fast' is faster)")
    table.add_row("scorer", _scorer())
    table.add_row("network weights", _network_weights())
    console.print(table)
    console.print("\nOptional parts")
    for extra in EXTRAS:
        console.print(f"  {extra.name} ({extra.purpose}): {_state(extra)}", soft_wrap=True, markup=False)


def _scorer() -> str:
    from myoqc.score import default_scorer

    return _usable(default_scorer)


def _network_weights() -> str:
    from myoqc.locate import shipped_segmenter

    return _usable(shipped_segmenter)


def _usable(read: "Callable[[], Segmenter | NetworkScorer]") -> str:
    """Name and digest of what comes with the package, or why it can't be used."""
    from rich.markup import escape

    from myoqc.errors import ReadError

    try:
        shipped = read()
    except ReadError as error:
        return escape(f"not usable: {error}")
    return f"{shipped.name}, digest {shipped.digest[:12]}"


def _threads() -> str:
    import os

    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    limits = [f"{name}={os.environ[name]}" for name in names if name in os.environ]
    return ", ".join(limits) or "not limited by the environment"


def _graphics_processor() -> str:
    """What torch would use; without torch nothing is looked for."""
    from importlib import import_module

    from myoqc.extras import EXTRAS

    if not any("torch" in extra.versions for extra in EXTRAS):
        return "none looked for: nothing installed here would use one"
    try:
        torch = import_module("torch")
    except (ImportError, OSError) as error:
        return f"not known: torch is installed, but can't be imported ({error})"
    names = [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
    return ", ".join(names) or f"none that torch {torch.__version__} can use through CUDA"


def _state(extra: "Extra") -> str:
    """What of a part is installed, what it lacks, and the command that mends that."""
    installed = ", ".join(f"{module} {version}" for module, version in extra.versions.items())
    if not extra.missing:
        return installed
    lacks = f"lacks {', '.join(extra.missing)}; install with: {extra.command}"
    return f"{installed}; {lacks}" if installed else lacks
