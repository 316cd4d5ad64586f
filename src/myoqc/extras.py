"""Optional parts: what each is for, what it needs, and the command that installs it."""

import shlex
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from importlib.util import find_spec
from pathlib import Path

from myoqc.errors import MissingExtraError


@dataclass(frozen=True, slots=True)
class Extra:
    """One optional part: its name in ``pip install 'myoqc[name]'``, its purpose, the modules that it brings."""

    name: str
    purpose: str
    modules: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Modules of this part that are not installed here."""
        return tuple(module for module in self.modules if find_spec(module) is None)

    @property
    def versions(self) -> dict[str, str]:
        """Modules of this part that are installed here, each with its version."""
        missing = self.missing
        return {module: _version(module) for module in self.modules if module not in missing}

    @property
    def command(self) -> str:
        """The command that installs this part, beside the Python that runs now."""
        return shlex.join([_python(), "-m", "pip", "install", f"myoqc[{self.name}]"])


EXTRAS = (
    Extra("fast", "fits several times faster (compiled code)", ("numba",)),
    Extra(
        "train",
        "training of models",
        ("torch", "monai", "lightning", "tensorboard", "safetensors", "onnx", "onnxscript", "sklearn", "threadpoolctl"),
    ),
    Extra("review", "web application for readers", ("fastapi", "uvicorn", "sqlalchemy", "alembic")),
    Extra("serve", "DICOM node and inline scanner server", ("pynetdicom", "ismrmrd")),
    Extra("ray", "work spread over several machines", ("ray",)),
    Extra("audit", "a list of suspicious labels", ("cleanlab", "crowdkit")),
)


def available(name: str) -> bool:
    """Whether the part called ``name`` is installed."""
    return not _find(name).missing


def require(name: str) -> None:
    """Raise MissingExtraError, with the command that mends it, unless the part called ``name`` is installed."""
    extra = _find(name)
    if extra.missing:
        raise MissingExtraError(
            f"this needs the optional part '{name}' ({extra.purpose})",
            found=f"no {', '.join(extra.missing)}",
            remedy=f"Install it with: {extra.command}",
        )


def _version(module: str) -> str:
    try:
        return version(module)
    except PackageNotFoundError:
        # A package may bring a module of another name, as scikit-learn does.
        packages = packages_distributions().get(module)
        return version(packages[0]) if packages else "of unknown version"


def _python() -> str:
    """The Python that runs now, from the working directory where it lies below that."""
    python, here = Path(sys.executable), Path.cwd()
    return str(python.relative_to(here) if python.is_relative_to(here) else python)


def _find(name: str) -> Extra:
    return next(extra for extra in EXTRAS if extra.name == name)
