"""Values of dataclasses as JSON and back, whole: how the figures of a printed bulletin are kept for good.

An object that stands in several places (a unit, an item, a cell) is written once and is one object again afterwards.
What a later version has added reads as its default, what it has dropped is passed over: old records stay readable.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

_ATOMS = frozenset({str, int, float, bool, type(None)})

Frozen = dict[str, Any]
"""{"objects": [[field, …values], …] by place, "root": place}; see `freeze`."""


class UnreadableError(Exception):
    """What was frozen no longer fits the type that is asked for."""


def freeze(value: Any) -> Frozen:
    """A dataclass and all that hangs on it, as plain JSON: ``kinds`` lists each class's fields once.

    An object is [kind, value, …]; a reference to one is {"@": place}. Dates and enums are texts.
    """
    writer = _Writer()
    root = writer.plain(value)
    return {"kinds": writer.kinds, "objects": writer.objects, "root": root}


def thaw(kind: type[T], frozen: Frozen) -> T:
    """The inverse of `freeze`; UnreadableError when it cannot be read as ``kind``."""
    try:
        found = _Reader(frozen).value(kind, frozen["root"])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise UnreadableError(str(error)) from error
    if not isinstance(found, kind):
        raise UnreadableError(kind.__name__)
    return found


class _Writer:
    def __init__(self) -> None:
        self.kinds: list[list[str]] = []
        self.objects: list[list[Any]] = []
        self._kind: dict[type, int] = {}
        self._fields: dict[type, tuple[str, ...]] = {}
        self._place: dict[int, int] = {}
        self._held: list[Any] = []

    def plain(self, value: Any) -> Any:
        if type(value) in _ATOMS:
            return value
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {"@": self._object(value)}
        if isinstance(value, Enum):
            return value.value
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, tuple):
            return [self.plain(each) for each in value]
        if isinstance(value, frozenset):
            return sorted(self.plain(each) for each in value)
        if isinstance(value, Mapping):
            return {str(key): self.plain(each) for key, each in value.items()}
        if value is None or isinstance(value, str | int | float | bool):
            return value
        raise TypeError(f"cannot freeze {type(value).__name__}")

    def _object(self, value: Any) -> int:
        place = self._place.get(id(value))
        if place is None:
            names = self._fields.get(type(value)) or self._fields.setdefault(type(value), _names(type(value)))
            kind = self._kind.setdefault(type(value), len(self.kinds))
            if kind == len(self.kinds):
                self.kinds.append(list(names))
            row = [kind]
            for name in names:
                own = getattr(value, name)
                # Most of a million fields are texts: not worth a call.
                row.append(own if type(own) in _ATOMS else self.plain(own))
            place = self._place[id(value)] = len(self.objects)
            # Kept alive, so that no other object gets the same id while this one is being written.
            self._held.append(value)
            self.objects.append(row)
        return place


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
