"""Contexts that a run needs anyway, entered while the engine still starts: a second in which a command would only wait.

The flow asks for its context with `entered`, and gets the one that stands ready, or enters it then. What goes wrong
beforehand is left to the flow, which meets it again: it is told, and recorded, as if nothing had been tried.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_Asked = tuple[Callable[..., Any], tuple[Any, ...]]
_READY: dict[_Asked, tuple[ExitStack, Any]] = {}


class Once(Generic[T]):
    """What such a context has made, handed out once: whoever takes it alone holds on to it, and can let it go."""

    def __init__(self, made: T | None) -> None:
        self._made = made

    def take(self) -> T | None:
        """It, or None where it was not made or is gone."""
        made, self._made = self._made, None
        return made


@contextmanager
def entered(manager: Callable[P, AbstractContextManager[T]], *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
    """``manager(…)`` as it was entered ahead with the same arguments, else entered now; left at the end either way."""
    ready = _READY.pop(_asked(manager, args, kwargs), None)
    if ready is None:
        with manager(*args, **kwargs) as value:
            yield value
    else:
        stack, value = ready
        with stack:
            yield value


@contextmanager
def ahead(manager: Callable[..., AbstractContextManager[Any]] | None, parameters: Mapping[str, Any]) -> Iterator[None]:
    """Enter a context with those of the parameters that it takes; what nobody has asked for by the end is left then."""
    if manager is None:
        yield
        return
    wanted = inspect.signature(manager).parameters
    given = {name: value for name, value in parameters.items() if name in wanted}
    asked = _asked(manager, (), given)
    with suppress(Exception), ExitStack() as stack:
        value = stack.enter_context(manager(**given))
        _READY[asked] = (stack.pop_all(), value)
    try:
        yield
    finally:
        if left := _READY.pop(asked, None):
            left[0].close()


def _asked(manager: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> _Asked:
    bound = inspect.signature(manager).bind(*args, **kwargs)
    bound.apply_defaults()
    return manager, tuple(bound.arguments.values())
