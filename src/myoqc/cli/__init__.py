"""The command line: one short module per command, heavy imports inside."""

import os
import sys

from myoqc.cli.exit_codes import ExitCode, code_of_error
from myoqc.errors import MyoqcError


def main() -> None:
    """Run ``myoqc``; whatever goes wrong reaches the user as one message and an exit code, never as a traceback.

    MYOQC_DEBUG=1 in the environment lets tracebacks through.
    """
    from myoqc.cli.app import app

    try:
        app(standalone_mode=True)
    except MyoqcError as error:
        if os.environ.get("MYOQC_DEBUG"):
            raise
        print(f"myoqc: {error}", file=sys.stderr)
        sys.exit(code_of_error(error))
    except KeyboardInterrupt:
        print("myoqc: stopped", file=sys.stderr)
        sys.exit(ExitCode.STOPPED)
    except Exception as error:
        if os.environ.get("MYOQC_DEBUG"):
            raise
        print(
            f"myoqc: a fault in the program itself: {type(error).__name__}: {error}\n"
            "Set MYOQC_DEBUG=1, run it again, and report what it prints.",
            file=sys.stderr,
        )
        sys.exit(ExitCode.FAULT)
