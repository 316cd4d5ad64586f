"""What could not be used, and what a person should know although nothing was lost, kept beside what could."""

from dataclasses import dataclass

from myoqc.errors import InputError


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about one file; ``message`` is the whole sentence for a person."""

    file: str
    message: str
    lost: bool = True
    """Whether it takes something away from what can be checked; False for a note, such as on a copy used once."""

    @classmethod
    def of(cls, error: InputError, file: str, *, lost: bool = True) -> "Problem":
        """The problem that an error tells, named after ``file`` where the error names none."""
        if error.file is None:
            error.file = file
        return cls(error.file, str(error), lost)
