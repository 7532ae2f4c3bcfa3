"""The commands on real data that open no picture: the base install has all that they need."""

import typer

from real_data.audit.commandline import audit
from real_data.demo import demo

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
for command in (audit, demo):
    app.command()(command)
