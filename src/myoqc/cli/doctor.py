"""``myoqc doctor``: what is installed here, and what mends what is missing."""


def doctor() -> None:
    """Print versions, processor and threads, scorers found, and what each optional part lacks."""
    import os
    import platform
    from importlib.metadata import version

    from rich.table import Table

    from myoqc import __version__
    from myoqc.cli.console import console
    from myoqc.extras import EXTRAS, available
    from myoqc.score import default_scorer

    scorer = default_scorer()
    table = Table(show_header=False, box=None)
    table.add_row("myoqc", __version__)
    table.add_row("Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    for name in ("numpy", "scipy", "pydicom", "python-gdcm", "nibabel"):
        table.add_row(name, version(name))
    table.add_row("processor", f"{os.cpu_count()} cores")
    table.add_row("threads", _threads())
    table.add_row("graphics processor", "not used by anything that is installed with the core")
    table.add_row("fit", "numba (compiled)" if available("fast") else "NumPy (the optional part 'fast' is faster)")
    table.add_row("scorer", f"{scorer.name}, digest {scorer.digest[:12]}")
    table.add_row("network weights", "none come with this version; the scorer above needs none")
    console.print(table)
    console.print("\nOptional parts")
    for extra in EXTRAS:
        state = f"lacks {', '.join(extra.missing)}; install with: {extra.command}" if extra.missing else "installed"
        console.print(f"  {extra.name} ({extra.purpose}): {state}", soft_wrap=True, markup=False)


def _threads() -> str:
    import os

    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    limits = [f"{name}={os.environ[name]}" for name in names if name in os.environ]
    return ", ".join(limits) or "not limited by the environment"
