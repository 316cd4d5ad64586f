"""What could not be used, kept beside what could."""

from dataclasses import dataclass

from myoqc.errors import InputError


@dataclass(frozen=True, slots=True)
class Problem:
    """One file that can't be used, or can't be trusted; ``message`` is the whole sentence for a person."""

    file: str
    message: str

    @classmethod
    def of(cls, error: InputError, file: str) -> "Problem":
        """The problem that an error tells, named after ``file`` where the error names none."""
        if error.file is None:
            error.file = file
        return cls(error.file, str(error))
