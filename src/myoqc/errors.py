"""Everything that can go wrong, in one tree.

MyoqcError
├── InputError               something that was given can't be used as it is
│   ├── ReadError            a file is damaged, unsupported, or not what it claims to be
│   ├── ImageError           images: wrong number, empty, without a usable value
│   ├── InversionTimeError   inversion times absent, constant or contradictory
│   ├── GeometryError        matrix, pixel spacing or orientation do not fit together
│   ├── ContourError         an outline or a segment mask is not the outline of a heart
│   └── NotScorableError     a slice of a kind that the scorer knows nothing of
│       └── NoVentricleError no left ventricle was found in it
├── OutputError              a result can't be written
└── MissingExtraError        an optional part is not installed

Only these reach a user, as one line without a traceback. Each says what is wrong, in which file, what was
expected, what came, and what to do.
"""


class MyoqcError(Exception):
    """Base of all errors of this package; ``str()`` is the whole message for a person."""

    def __init__(
        self,
        problem: str,
        *,
        file: object = None,
        expected: object = None,
        found: object = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.file = None if file is None else str(file)
        self.expected = None if expected is None else str(expected)
        self.found = None if found is None else str(found)
        self.remedy = remedy

    def __str__(self) -> str:
        parts = [self.problem if self.file is None else f"{self.file}: {self.problem}"]
        if self.expected is not None:
            parts.append(f"expected {self.expected}")
        if self.found is not None:
            parts.append(f"found {self.found}")
        message = "; ".join(parts)
        message += "" if message.endswith("?") else "."
        return message if self.remedy is None else f"{message} {self.remedy}"


class InputError(MyoqcError):
    """Something that was given can't be used as it is."""


class ReadError(InputError):
    """A file is damaged, unsupported, or not what it claims to be."""


class ImageError(InputError):
    """Images are too few, empty, or hold no usable value."""


class InversionTimeError(InputError):
    """Inversion times are absent, constant or contradictory."""


class GeometryError(InputError):
    """Matrix, pixel spacing or orientation do not fit together."""


class ContourError(InputError):
    """An outline or a segment mask is not the outline of a heart."""


class NotScorableError(InputError):
    """A slice is of a kind that the scorer was not made for: it can be fitted, but not judged."""


class NoVentricleError(NotScorableError):
    """No left ventricle was found in a slice, or none that is certain enough."""


class OutputError(MyoqcError):
    """A result can't be written."""


class MissingExtraError(MyoqcError):
    """An optional part is not installed; the message holds the command that installs it."""
