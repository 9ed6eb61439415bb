"""How every command answers: its exit code, and one clear line for bad input."""

import sys
from typing import NoReturn

import click

from apothecary.config.binaries import CannotStart

BAD_INPUT = 2


def run_command(command: click.Command, arguments: list[str] | None = None) -> NoReturn:
    """Run it and leave with its exit code: 2 and one line on stderr when the input is bad."""
    try:
        code = command.main(args=arguments, prog_name="apothecary", standalone_mode=False)
    except (click.ClickException, CannotStart) as why:
        says = why.format_message() if isinstance(why, click.ClickException) else str(why)
        click.echo("apothecary: " + " ".join(says.split()), err=True)
        sys.exit(BAD_INPUT)
    except click.Abort:
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)
