"""Names in a template's tags: does the program supply them, and what was probably meant.

What may be printed is known by example: a context like the one that fills the template. Names are followed through
loops, so that 行.单味 is found as surely as 署铭.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Environment, StrictUndefined, nodes
from jinja2.sandbox import SandboxedEnvironment

ANYTHING: Any = object()
"""The shape of what cannot be known."""
Report = Callable[[str, str], None]
"""Takes a name that nobody supplies and what to do about it."""
Scope = dict[str, Any]

_SEEN = 10
"""Elements of a list that are looked at to know all."""
_ONE_OF = {"first", "last", "random", "min", "max"}
_SAME = {"sort", "reverse", "list", "unique", "select", "reject", "selectattr", "rejectattr"}


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Jinja as `render` uses it."""
    return SandboxedEnvironment(undefined=StrictUndefined)


@lru_cache(maxsize=4096)
def parsed(source: str) -> nodes.Template:
    """One tag as a syntax tree; TemplateSyntaxError when it is none. Trees are only read."""
    return environment().parse(source)


def combined(one: Any, other: Any) -> Any:
    """An example that shows what either of two shows: all keys, and an element of a list where one has any."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        keys = (*one, *(key for key in other if key not in one))
        return {key: combined(one.get(key, ANYTHING), other.get(key, ANYTHING)) for key in keys}
    if _is_list(one) and _is_list(other):
        return [*one[:_SEEN], *other[:_SEEN]]
    return other if one is ANYTHING else one


def element_of(shape: Any) -> Any:
    """What a loop over it takes in turn."""
    if not _is_list(shape):
        return ANYTHING
    found = ANYTHING
    for each in shape[: 2 * _SEEN]:
        found = combined(found, each)
    return found


def _is_list(shape: Any) -> bool:
    return isinstance(shape, (list, tuple))


class Names:
    """Reads the expressions of one part; ``scopes`` are the loops around the place that is read."""

    def __init__(self, words: Mapping[str, Any], allowed: Iterable[str] = ()) -> None:
        """``allowed``: names the template itself asks for with `is defined` before it uses them."""
        self.words = words
        self.allowed = set(allowed)
        self.scopes: list[Scope] = [{}]

    def read(self, tree: nodes.Node, report: Report) -> Any:
        """The shape of an expression; what is unknown in it is reported."""
        return _Reading(self, report).shape(tree)

    def enter(self, loop: nodes.For, report: Report) -> None:
        """Open the scope of a for tag."""
        shape = element_of(self.read(loop.iter, report))
        scope: Scope = {"loop": ANYTHING}
        if isinstance(loop.target, nodes.Name):
            scope[loop.target.name] = shape
        else:
            scope |= {name.name: ANYTHING for name in loop.target.find_all(nodes.Name)}
        self.scopes.append(scope)
        if loop.test is not None:
            self.read(loop.test, report)

    def set(self, target: nodes.Node, shape: Any = ANYTHING) -> None:
        """A name that the template gives itself."""
        names = [target] if isinstance(target, nodes.Name) else list(target.find_all(nodes.Name))
        for name in names:
            self.scopes[-1][name.name] = shape if target is name else ANYTHING

    def known(self) -> list[str]:
        """Every name that may stand here."""
        return [*self.words, *(name for scope in self.scopes for name in scope if name != "loop")]


class _Reading:
    """One expression."""

    def __init__(self, names: Names, report: Report) -> None:
        self.names = names
        self.report = report

    def shape(self, node: nodes.Node) -> Any:
        """What a node stands for; everything in it is looked at once."""
        if isinstance(node, nodes.Name):
            return self._name(node.name)
        if isinstance(node, nodes.Getattr):
            return self._member(self.shape(node.node), node.attr)
        if isinstance(node, nodes.Getitem):
            return self._item(node)
        if isinstance(node, nodes.Filter):
            return self._filter(node)
        if isinstance(node, nodes.Test):
            return self._test(node)
        for child in node.iter_child_nodes():
            self.shape(child)
        return ANYTHING

    def _name(self, name: str) -> Any:
        for scope in reversed(self.names.scopes):
            if name in scope:
                return scope[name]
        if name in self.names.words:
            return self.names.words[name]
        if name not in environment().globals and name not in self.names.allowed:
            near = difflib.get_close_matches(name, self.names.known(), 1, 0.45)
            self.report(name, f"应该是“{near[0]}”吗" if near else "请改成原模板中有的名称")
        return ANYTHING

    def _member(self, base: Any, name: str) -> Any:
        if base is ANYTHING:
            return ANYTHING
        if isinstance(base, Mapping):
            if name in base:
                return base[name]
            if not hasattr(dict, name):
                near = difflib.get_close_matches(name, list(base), 1, 0.45)
                self.report(name, f"应该是“{near[0]}”吗" if near else f"这里可用的有：{'、'.join(map(str, base))}")
        elif not hasattr(type(base), name):
            self.report(name, "“.”前面的内容没有下一级，请去掉这一部分")
        return ANYTHING

    def _item(self, node: nodes.Getitem) -> Any:
        base = self.shape(node.node)
        self.shape(node.arg)
        if isinstance(node.arg, nodes.Slice):
            return base
        if isinstance(base, Mapping) and isinstance(node.arg, nodes.Const):
            return self._member(base, str(node.arg.value))
        return element_of(base)

    def _filter(self, node: nodes.Filter) -> Any:
        if node.name not in environment().filters:
            self._unknown_helper(node.name, environment().filters)
        inner = self._quiet(node.node) if node.name in ("default", "d") else self._maybe(node.node)
        for child in (*node.args, *node.kwargs):
            self.shape(child)
        if node.name in _ONE_OF:
            return element_of(inner)
        return inner if node.name in _SAME else ANYTHING

    def _test(self, node: nodes.Test) -> Any:
        if node.name not in environment().tests:
            self._unknown_helper(node.name, environment().tests)
        if node.name in ("defined", "undefined"):
            self._quiet(node.node)
        else:
            self.shape(node.node)
        for child in node.args:
            self.shape(child)
        return ANYTHING

    def _unknown_helper(self, name: str, known: Iterable[str]) -> None:
        near = difflib.get_close_matches(name, list(known), 1, 0.6)
        self.report(name, f"应该是“{near[0]}”吗" if near else "请去掉它")

    def _maybe(self, node: nodes.Node | None) -> Any:
        return ANYTHING if node is None else self.shape(node)

    def _quiet(self, node: nodes.Node | None) -> Any:
        """A name that need not exist: nothing is reported."""
        return ANYTHING if node is None else _Reading(self.names, lambda _name, _cure: None).shape(node)


def asked_for(trees: Iterable[nodes.Node]) -> set[str]:
    """Names that some tag tests with `is defined`."""
    return {
        name.name
        for tree in trees
        for test in tree.find_all(nodes.Test)
        if test.name in ("defined", "undefined")
        for name in test.find_all(nodes.Name)
    }
