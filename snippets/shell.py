"""What all commands share: parameters that the shell completes, and the warning about another Twisted."""

import warnings
from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem


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
