"""What all commands share: one line for what is mistyped, completed parameters, the warning about another Twisted."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from click.shell_completion import CompletionItem

from snippets.lens.errors import LensError


class Commands(click.Group):
    """The group at the top: what was mistyped, in whichever command, is a LensError, as all that a reader did wrong."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with _in_a_line():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with _in_a_line():
            return super().invoke(ctx)


@contextmanager
def _in_a_line() -> Iterator[None]:
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise  # a group without a command: what it shows is its help
    except click.UsageError as error:
        said = error.format_message().removesuffix(".")
        if error.ctx:
            command = error.ctx.command_path.removeprefix(error.ctx.find_root().info_name or "")
            said += f"; `python -m snippets{command} --help` says what can be typed"
        raise LensError(said) from None


class Name(click.ParamType):
    """A parameter whose values can be completed by the shell."""

    def __init__(self, name: str, values: Callable[[], Iterable[str]]) -> None:
        self.name = name
        self._values = values

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(value) for value in self._values() if value.lower().startswith(incomplete.lower())]


def warn_about_version() -> None:
    """Say once, in one line, that another Twisted than the book's is installed."""
    from snippets.lens.release import OtherTwisted, check_version

    warnings.simplefilter("ignore", OtherTwisted)
    if said := check_version():
        click.echo(said, err=True)
