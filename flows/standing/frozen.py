"""Values of dataclasses as JSON and back, whole: how the figures of a printed bulletin are kept for good.

An object that stands in several places (a unit, an item, a cell) is written once and is one object again afterwards.
What a later version has added reads as its default, what it has dropped is passed over: old records stay readable.
"""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

_PIECE = 500
"""Objects that are written at a time."""
_TEXT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_ATOMS = frozenset({str, int, float, bool, type(None)})

Frozen = dict[str, Any]
"""{"objects": [[field, …values], …] by place, "root": place}; see `freeze`."""


class UnreadableError(Exception):
    """What was frozen no longer fits the type that is asked for."""


def freeze(value: Any) -> Frozen:
    """A dataclass and all that hangs on it, as plain JSON: ``kinds`` lists each class's fields once.

    An object is [kind, value, …]; a reference to one is {"@": place}. Dates and enums are texts.
    """
    objects: list[list[Any]] = []
    writer = _Writer(objects.append)
    root = writer.plain(value)
    return {"kinds": writer.kinds, "objects": objects, "root": root}


def write_frozen(value: Any, write: Callable[[str], object], once: Collection[type] = ()) -> None:
    """What `freeze` gives, as JSON text that is handed on piece by piece: the figures of 600,000 tasks are a quarter of
    a gigabyte, and would be ten times that as lists.

    ``once``: classes whose objects stand in one place only; they need not be remembered.
    """
    waiting: list[list[Any]] = []
    mark = ""

    def flush() -> None:
        nonlocal mark
        if waiting:
            write(mark + _TEXT.encode(waiting)[1:-1])
            waiting.clear()
            mark = ","

    def take(row: list[Any]) -> None:
        waiting.append(row)
        if len(waiting) >= _PIECE:
            flush()

    writer = _Writer(take, once)
    write('{"objects":[')
    root = writer.plain(value)
    writer.let_go()
    flush()
    write(f'],"kinds":{_TEXT.encode(writer.kinds)},"root":{_TEXT.encode(root)}}}')


def thaw(kind: type[T], frozen: Frozen) -> T:
    """The inverse of `freeze`; UnreadableError when it cannot be read as ``kind``."""
    try:
        found = _Reader(frozen).value(kind, frozen["root"])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise UnreadableError(str(error)) from error
    if not isinstance(found, kind):
        raise UnreadableError(kind.__name__)
    return found


class _Ways(dict[type, Callable[[Any], Any]]):
    """How values of a class are written: found out once for each, most of a million are of a few."""

    def __init__(self, find: Callable[[type], Callable[[Any], Any]]) -> None:
        self._find = find

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        found = self[kind] = self._find(kind)
        return found


class _Writer:
    def __init__(self, take: Callable[[list[Any]], None], once: Collection[type] = ()) -> None:
        self.kinds: list[list[str]] = []
        self._take = take
        self._once = frozenset(once)
        self._count = 0
        self._ways = _Ways(self._way)
        self._place: dict[int, int] = {}
        self._held: list[Any] = []

    def let_go(self) -> None:
        """Of what was written: writer and ways hold each other, and would keep half a gigabyte for a long while."""
        self._held.clear()
        self._place.clear()

    def plain(self, value: Any) -> Any:
        kind = type(value)
        return value if kind in _ATOMS else self._ways[kind](value)

    def _way(self, kind: type) -> Callable[[Any], Any]:
        if dataclasses.is_dataclass(kind):
            return self._object(kind)
        if issubclass(kind, Enum):
            return attrgetter("_value_")  # ``value`` is looked up ten times as long
        if issubclass(kind, date):
            return kind.isoformat
        if issubclass(kind, tuple):
            return lambda value: [self.plain(each) for each in value]
        if issubclass(kind, frozenset):
            return lambda value: sorted(self.plain(each) for each in value)
        if issubclass(kind, Mapping):
            return lambda value: {str(key): self.plain(each) for key, each in value.items()}
        if issubclass(kind, str | int | float):
            return lambda value: value
        raise TypeError(f"cannot freeze {kind.__name__}")

    def _object(self, kind: type) -> Callable[[Any], Any]:
        names = _names(kind)
        number = len(self.kinds)
        self.kinds.append(list(names))
        if len(names) > 1:
            fields: Callable[[Any], tuple[Any, ...]] = attrgetter(*names)
        else:
            fields = lambda value: tuple(getattr(value, name) for name in names)  # noqa: E731
        known, ways, held, take, remembered = self._place, self._ways, self._held, self._take, kind not in self._once

        def write(value: Any) -> dict[str, int]:
            place = known.get(id(value)) if remembered else None
            if place is None:
                # Most of a million fields are texts: not worth a call.
                row = [own if type(own) in _ATOMS else ways[type(own)](own) for own in fields(value)]
                place = self._count
                self._count += 1
                if remembered:
                    known[id(value)] = place
                    # Kept alive, so that no other object gets the same id while this one is being written.
                    held.append(value)
                take([number, *row])
            return {"@": place}

        return write


class _Reader:
    def __init__(self, frozen: Frozen) -> None:
        self._kinds: list[list[str]] = frozen["kinds"]
        self._objects: list[list[Any]] = frozen["objects"]
        self._made: dict[int, Any] = {}

    def value(self, kind: Any, plain: Any) -> Any:
        return _reading(kind)(self, plain)

    def object(self, kind: type, place: int) -> Any:
        if place not in self._made:
            number, *values = self._objects[place]
            known = _hints(kind)
            pairs = zip(self._kinds[number], values, strict=True)
            self._made[place] = kind(**{name: known[name](self, plain) for name, plain in pairs if name in known})
        return self._made[place]


_Read = Callable[[_Reader, Any], Any]


def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


@cache
def _hints(kind: type) -> dict[str, _Read]:
    hints = get_type_hints(kind)
    return {name: _reading(hints[name]) for name in _names(kind)}


@cache
def _reading(kind: Any) -> _Read:
    """How a value of a type is read from its plain form."""
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return lambda reader, plain: reader.object(kind, plain["@"])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return lambda _reader, plain: kind(plain)
    if isinstance(kind, type) and issubclass(kind, datetime | date):
        return lambda _reader, plain: kind.fromisoformat(plain)
    if get_origin(kind) in (Union, types.UnionType):
        # The only unions that figures know: something, or None.
        (some,) = (each for each in get_args(kind) if each is not type(None))
        return lambda reader, plain: None if plain is None else reader.value(some, plain)
    if get_origin(kind) is tuple:
        kinds = get_args(kind)
        if kinds[-1] is Ellipsis:
            return lambda reader, plain: tuple(reader.value(kinds[0], each) for each in plain)
        return lambda reader, plain: tuple(reader.value(each, value) for each, value in zip(kinds, plain, strict=True))
    if get_origin(kind) is frozenset:
        (each_kind,) = get_args(kind)
        return lambda reader, plain: frozenset(reader.value(each_kind, each) for each in plain)
    if get_origin(kind) in (dict, Mapping):
        key_kind, value_kind = get_args(kind)
        return lambda reader, plain: {
            reader.value(key_kind, key): reader.value(value_kind, each) for key, each in plain.items()
        }
    return lambda _reader, plain: plain
