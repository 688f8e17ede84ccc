"""The one exception a user sees: its message is the whole line that is printed."""


class DsacliError(Exception):
    """The input or the machine failed in a way that one line explains.

    Raised anywhere below the command line, caught once in `dsacli.cli`, printed
    without a traceback, exit code 1. The message names the file or option at
    fault and what to do about it ("report.pdf is encrypted; pass --password").
    """


class UsageFailure(DsacliError):
    """What was typed makes no sense together; the exit code says so."""
