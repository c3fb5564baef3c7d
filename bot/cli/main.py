"""The command line's entrance. A command's module is loaded when it is called, so that `--help` starts at once."""

from __future__ import annotations

import importlib
import sys

import click

from bot.errors import BotError
from engine.errors import EngineError
from storage.errors import StorageError
from weights.errors import WeightsError

# name -> (module, what --help says)
COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("bot.cli.serve", "Start every configured platform (Discord, Telegram, the local web page)."),
    "say": ("bot.cli.say", "Say something to her at the command line and see the answer."),
    "face": ("bot.cli.face", "Render, list and test faces."),
    "weights": ("bot.cli.weights", "List, fetch and check the models' weights."),
    "mod": ("bot.cli.mod", "Moderate: blocks, warnings, memory, erasure, audit log."),
    "train": ("bot.cli.train", "Make a set of weights again."),
    "bench": ("bot.cli.bench", "Measure our way beside the sequential way."),
    "doctor": ("bot.cli.doctor", "Check settings, tokens, database, weights and device before connecting."),
}


class Commands(click.Group):
    """A group that knows its commands' names and loads them on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of a newcomer's way."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Oh-LoRA (오로라), a virtual woman who chats in Korean.

    Settings come from the environment and from .env; .env.example explains each one.
    """


def main() -> None:
    """Run a command; what goes wrong is one clear line, exit status 1 (2 for wrong use)."""
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (BotError, EngineError, StorageError, WeightsError) as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)
