"""Imports point one way: from the command line down to the errors, without a circle."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "dsacli"
# What each room may import of the others; training may import everything but the command line.
BELOW = {
    "errors": set(),
    "plain": set(),
    "language": set(),
    "weights": set(),
    "dsa": {"errors"},
    "documents": {"errors", "language", "plain"},
    "extraction": {"errors", "language"},
    "models": {"dsa", "errors", "weights"},
    "adapting": {"models", "models.io", "dsa", "errors"},
    "reader": {"models", "models.io", "dsa", "errors", "weights"},
    "engines": {
        "adapting",
        "models",
        "models.io",
        "reader",
        "dsa",
        "documents",
        "extraction",
        "errors",
        "plain",
        "weights",
    },
    "library": {"engines", "reader", "documents", "dsa", "errors"},
    "output": {"library", "engines", "documents", "errors", "plain"},
    "arguments": {"errors"},
    "options": set(),
    "session": {"library", "output", "engines", "documents", "dsa", "errors"},
    "prompt": set(),
    "chat": {"session", "output", "engines", "extraction", "errors"},
    "cli": {
        "library",
        "chat",
        "prompt",
        "session",
        "options",
        "arguments",
        "output",
        "engines",
        "documents",
        "extraction",
        "errors",
        "plain",
    },
    "training": {"engines", "models", "models.io", "reader", "dsa", "documents", "extraction", "errors", "weights"},
}


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in PACKAGE.rglob("*.py")}


def imported(path: Path, at_run_time: bool) -> set[str]:
    """The modules of the package that a file imports, inside functions too, or only what is imported with it."""
    tree, found = ast.parse(path.read_text(encoding="utf-8")), set()
    nodes = tree.body if at_run_time else list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dsacli"):
            module = node.module.removeprefix("dsacli").lstrip(".")
            for alias in node.names:
                deeper = f"{module}.{alias.name}".lstrip(".")
                found.add(deeper if deeper in MODULES else module)
    return found


def room_of(module: str) -> str:
    return "models.io" if module.startswith("models.io") else module.split(".")[0]


@pytest.mark.parametrize("module", sorted(MODULES))
def test_no_arrow_runs_back_up(module):
    own = module.split(".")[0]
    if own in ("", "__main__"):
        return
    allowed = BELOW[own] | {own, ""} | ({"models.io"} if own == "models" else set())
    assert {room_of(other) for other in imported(MODULES[module], at_run_time=False)} <= allowed


def test_there_is_no_circle_among_imports():
    arrows = {module: imported(path, at_run_time=True) for module, path in MODULES.items()}
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " → ".join((*way, module))
        if module not in done:
            for other in arrows.get(module, ()):
                visit(other, (*way, module))
            done.add(module)

    for module in arrows:
        visit(module, ())
