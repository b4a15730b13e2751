"""Options that several commands have in common, declared once: a function that makes something of them, and commands that take it."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast, get_type_hints

C = TypeVar("C", bound=Callable[..., Any])


def takes(**groups: Callable[..., Any]) -> Callable[[C], C]:
    """
    Give a command the options of other functions: the argument `name` is what `groups[name]` makes of its own, which take its place.

    `@takes(chosen=selection) def list_events(limit: Limit, *, chosen: Selection)` has the options of `selection` and `--limit`. An option
    that both have, such as `--root`, is given to both.
    """

    def decorate(command: C) -> C:
        own = inspect.signature(command)
        options = {name: each for name, each in own.parameters.items() if name not in groups}
        hints = {name: hint for name, hint in get_type_hints(command, include_extras=True).items() if name not in groups}
        for made in groups.values():
            said = get_type_hints(made, include_extras=True)
            for name, each in inspect.signature(made).parameters.items():
                options.setdefault(name, each.replace(kind=inspect.Parameter.KEYWORD_ONLY))
                hints.setdefault(name, said[name])

        @wraps(command)
        def taken(**given: Any) -> Any:
            told = {name: given[name] for name in own.parameters if name not in groups}
            for name, made in groups.items():
                told[name] = made(**{each: given[each] for each in inspect.signature(made).parameters})
            return command(**told)

        parameters = sorted(options.values(), key=lambda each: each.kind)
        # What inspect, and so typer, reads.
        vars(taken)["__signature__"] = own.replace(parameters=parameters)
        taken.__annotations__ = hints
        return cast("C", taken)

    return decorate
