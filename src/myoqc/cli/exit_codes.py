"""What the exit status of every command means."""

from enum import IntEnum

from myoqc.errors import MissingExtraError, MyoqcError, OutputError


class ExitCode(IntEnum):
    """Where several of 3 to 5 hold, the highest is given; 6 and 7 end the run at once."""

    SUCCESS = 0
    FAULT = 1
    USAGE = 2
    SOME_UNUSABLE = 3
    NOTHING_USABLE = 4
    MOTION = 5
    NOT_WRITTEN = 6
    PART_MISSING = 7
    STOPPED = 130


EXIT_CODES_HELP = (
    "Exit codes: 0 success · 1 fault in the program · 2 wrong usage · 3 some input could not be used · "
    "4 nothing could be used · 5 motion was found (check --fail-on-motion) · 6 results could not be written · "
    "7 an optional part is not installed · 130 stopped by the user."
)


def code_of_result(*, any_used: bool, any_lost: bool) -> ExitCode:
    """The exit status that says how much of the input could be used."""
    if not any_used:
        return ExitCode.NOTHING_USABLE
    return ExitCode.SOME_UNUSABLE if any_lost else ExitCode.SUCCESS


def code_of_error(error: MyoqcError) -> ExitCode:
    """The exit status of a run that ``error`` ended."""
    match error:
        case OutputError():
            return ExitCode.NOT_WRITTEN
        case MissingExtraError():
            return ExitCode.PART_MISSING
        case _:
            return ExitCode.NOTHING_USABLE
