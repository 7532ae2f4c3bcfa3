"""The commands on real data that open no picture: the base install has all that they need."""

import typer

from pairbounds.commands.audit import audit
from pairbounds.commands.demo import demo

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
for command in (audit, demo):
    app.command()(command)
