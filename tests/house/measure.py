"""What the ceilings measure: pure functions over the source text of one file."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FORBIDDEN_MODULES = {"util", "utils", "helper", "helpers", "common", "core", "misc"} | {
    f"{name}{s}" for name in ("service", "manager", "handler") for s in ("", "s")
}
# Durations handed to the machine are no quantity of a drug and no money.
DURATION = re.compile(r"(_s|_seconds|_ms|timeout|SECONDS|_S|TIMEOUT)$")
CLOCKS = frozenset({"now", "today", "utcnow"})
IGNORE = re.compile(r"#\s*type:\s*ignore(?!\[[\w\-, ]+\]\s+#\s*\S)")
MARKS = "|".join(["TODO", "FIXME", "XXX", "HACK"])
UNFINISHED = re.compile(rf"#.*\b({MARKS})\b")


@dataclass(frozen=True)
class Source:
    """One Python file of the house."""

    path: Path  # relative to the repository
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @property
    def is_test(self) -> bool:
        return "tests" in self.path.parts

    def at(self, node: ast.AST) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(source: Source) -> Iterator[tuple[Function, int]]:
    """Every function with its length in lines, decorators left out."""
    for node in ast.walk(source.tree):
        if isinstance(node, Function):
            yield node, (node.end_lineno or node.lineno) - node.lineno + 1


def imports(source: Source) -> int:
    """Import statements of a file, those for type checkers included."""
    return sum(isinstance(n, ast.Import | ast.ImportFrom) for n in ast.walk(source.tree))


def inner_imports(source: Source) -> Iterator[str]:
    for function, _ in functions(source):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"{source.at(node)} imports inside {function.name}"


def unexplained_ignores(source: Source) -> Iterator[str]:
    """`type: ignore` without its code in brackets and a reason behind a second hash."""
    for number, line in enumerate(source.lines, 1):
        if IGNORE.search(line):
            yield f"{source.path}:{number} ignores a type error without saying why"


def unfinished(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.lines, 1):
        if UNFINISHED.search(line):
            yield f"{source.path}:{number} says that it is unfinished"


def floats(source: Source) -> Iterator[str]:
    """Float literals and uses of the name `float`, but for durations named as such."""
    tree = source.tree
    spared: set[ast.AST] = set()
    for node in ast.walk(tree):
        if any(DURATION.search(name) for name in _names_bound(node)):
            spared.update(ast.walk(node))
    for node in ast.walk(tree):
        literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        name = isinstance(node, ast.Name) and node.id == "float"
        if (literal or name) and node not in spared:
            yield f"{source.at(node)} uses a float"


def _names_bound(node: ast.AST) -> list[str]:
    match node:
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.arg(arg=name):
            return [name]
        case ast.keyword(arg=str(name)):
            return [name]
    return []


def clocks(source: Source) -> Iterator[str]:
    """Calls that read the clock: `x.now(…)`, `x.today()`."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) if name in CLOCKS:
                yield f"{source.at(node)} reads the clock"


def grab_bags(source: Source) -> Iterator[str]:
    """Open `**kwargs` that neither a comment on their line nor the docstring explains."""
    for function, _ in functions(source):
        extra = function.args.kwarg
        if extra is None or "#" in source.lines[extra.lineno - 1]:
            continue
        if f"**{extra.arg}" not in (ast.get_docstring(function) or ""):
            yield f"{source.at(extra)} takes **{extra.arg} in {function.name}"


def imported_modules(source: Source) -> Iterator[str]:
    """Full names of what a file imports: `a.b` of `import a.b`, `a.b` and `a.b.c` of
    `from a.b import c` (c may be a module)."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def weight(sources: list[Source]) -> int:
    """Lines that hold something."""
    return sum(bool(line.strip()) for source in sources for line in source.lines)
