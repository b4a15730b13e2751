"""Options that several commands have in common."""

from dataclasses import dataclass
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from infra.options import takes


@dataclass(frozen=True)
class Chosen:
    """What is chosen."""

    names: tuple[str, ...]
    root: str


Root = Annotated[str, typer.Option("--root")]
app = typer.Typer()


def chosen_of(root: Root = "here", name: Annotated[list[str] | None, typer.Option("--name", help="Again for each.")] = None) -> Chosen:
    return Chosen(tuple(name or ()), root)


@app.command()
@takes(chosen=chosen_of)
def show(word: str, chosen: Chosen, times: Annotated[int, typer.Option(min=1)] = 1, *, root: Root = "here") -> None:
    """Show it."""
    typer.echo(str([word, chosen.names, chosen.root, root, times]))


@app.command()
@takes(chosen=chosen_of)
def leave(chosen: Chosen) -> None:
    """Leave it."""
    typer.echo(str(chosen.names))


def run(*words: str) -> str:
    answer = CliRunner().invoke(app, list(words))
    assert answer.exit_code == 0, answer.output
    return answer.stdout.strip()


def test_a_command_has_the_options_of_what_it_takes_beside_its_own() -> None:
    assert run("show", "a", "--name", "b", "--name", "c", "--times", "2") == "['a', ('b', 'c'), 'here', 'here', 2]"
    assert run("leave", "--name", "b") == "('b',)"


def test_an_option_of_both_is_given_to_both() -> None:
    assert run("show", "a", "--root", "there") == "['a', (), 'there', 'there', 1]"


def test_what_it_takes_is_no_option_and_its_words_are_shown() -> None:
    shown = run("leave", "--help")

    assert "chosen" not in shown
    assert "Again for each." in shown
    assert "Leave it." in shown


@pytest.mark.parametrize("words", [("show", "a", "--times", "0"), ("leave", "--times", "1"), ("leave", "extra")])
def test_what_a_command_does_not_have_it_refuses(words: tuple[str, ...]) -> None:
    assert CliRunner().invoke(app, list(words)).exit_code == 2
