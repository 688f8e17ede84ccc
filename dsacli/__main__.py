"""`python -m dsacli` is `dsacli`."""

from dsacli.cli import app

app(prog_name="dsacli")
