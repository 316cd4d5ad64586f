"""What the exit status of every command means."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Where several hold, the highest of 3 to 5 is given."""

    SUCCESS = 0
    FAULT = 1
    USAGE = 2
    SOME_UNUSABLE = 3
    NOTHING_USABLE = 4
    MOTION = 5
    STOPPED = 130


EXIT_CODES_HELP = (
    "Exit codes: 0 success · 1 fault in the program · 2 wrong usage · 3 some input could not be used · "
    "4 nothing could be used · 5 motion was found (check --fail-on-motion) · 130 stopped by the user."
)
