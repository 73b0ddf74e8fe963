"""Imports go one way, and heavy third parties stay in the rooms that need them."""

import ast
import graphlib
import sys

FOUNDATION = {
    "errors",
    "visible",
    "tolerance",
    "certificate",
    "result",
    "watch",
    "naming",
    "inputs",
    "terms",
    "problems",
}
BELOW_LEARN = FOUNDATION | {
    "judges",
    "solvers",
    "planning",
    "starting",
    "front",
    "many",
    "explaining",
    "evidence",
    "io",
}
MENU = ""  # the package itself, for its version

# room (or file beside the rooms) -> rooms it may import, besides itself
MAY_IMPORT = {
    "__init__": {"errors"},  # the menu loads by name, on first use
    "errors": set(),
    "autodiff": {"errors"},
    "visible": set(),
    "tolerance": {"errors"},
    "certificate": {"tolerance", "visible"},
    "result": {"errors", "certificate"},
    "watch": {"errors", "certificate", "result"},
    "naming": {"errors"},
    "inputs": {"errors", "naming", "certificate", "result"},
    "terms": {"errors", "visible", "certificate", "result", "watch", "naming", "inputs"},
    "problems": FOUNDATION,
    "judges": FOUNDATION,
    "solvers": FOUNDATION,
    "io": FOUNDATION,
    "planning": {"solvers"},
    "starting": FOUNDATION,
    "front": FOUNDATION | {"judges", "solvers", "planning", "starting"},
    "many": FOUNDATION | {"judges", "planning", "starting", "front"},
    "explaining": FOUNDATION | {"judges", "solvers", "front"},
    "evidence": FOUNDATION | {"judges", "io", "front"},
    "modelling": FOUNDATION | {"front"},
    "learn": BELOW_LEARN,
    "plotting": BELOW_LEARN | {"learn"},
    "reporting": BELOW_LEARN | {"learn", "plotting", MENU},
    "testing": BELOW_LEARN | {"learn", "plotting", "reporting"},
    "cli": BELOW_LEARN | {"learn", "plotting", "reporting", MENU},
    "__main__": {"cli"},
}
WHY = {
    ("solvers", "judges"): "contestant and judge must not know each other",
    ("judges", "solvers"): "contestant and judge must not know each other",
}

# Methods of low rooms that open a higher one, inside the method: (file, imported module).
UPWARD_IN_METHODS = {
    ("problems/linear.py", "thalweg.explaining.relaxation"),
    ("problems/quadratic.py", "thalweg.explaining.relaxation"),
    ("result.py", "thalweg.explaining.conflict"),
    ("result.py", "thalweg.explaining.ranging"),
    ("result.py", "thalweg.io.saved"),
    ("result.py", "thalweg.plotting.trace"),
    ("result.py", "thalweg.reporting.html"),
    ("result.py", "thalweg.reporting.terminal"),
    ("result.py", "thalweg.reporting.text"),
    ("evidence.py", "thalweg.learn.saved"),
    ("learn/path.py", "thalweg.plotting.path"),
}

# third party -> rooms that may import it; NumPy is free everywhere but in `errors`, the menu and the command line
THIRD_PARTY = {
    "numba": set(),
    "sklearn": {"learn"},
    "highspy": {"solvers", "io"},
    "piqp": {"solvers"},
    "clarabel": {"solvers"},
    "qdldl": {"terms", "judges"},
    "pandas": {"io", "modelling"},
    "pyarrow": {"io"},
    "matplotlib": {"plotting", "reporting"},
    "jinja2": {"reporting"},
    "click": {"cli"},
    "rich": {"cli", "reporting"},
    "narwhals": {"inputs"},
    "scipy": {"inputs", "terms", "problems", "judges", "solvers", "explaining", "io", "modelling", "learn", "testing"},
    "numpy": set(MAY_IMPORT) - {"__init__", "__main__", "errors", "visible", "cli"},
}
# These rooms are loaded only when asked for, and cannot work without the named package.
AT_MODULE_LEVEL = {("learn", "sklearn"), ("cli", "click")}


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def test_no_import_escapes_the_search(find_imports):
    code = """
import numpy.linalg as la
from thalweg import inputs
if TYPE_CHECKING:
    from thalweg.result import Solution
class Thing:
    def method(self):
        if self:
            from scipy import sparse
        return lambda: __import__
"""
    found = [(item.module, item.where) for item in find_imports(ast.parse(code))]
    assert found == [
        ("numpy.linalg", "top"),
        ("thalweg.inputs", "top"),
        ("thalweg.result", "typing"),
        ("scipy", "function"),
    ]


def test_every_room_has_its_layer(sources):
    assert {source.room for source in sources} <= set(MAY_IMPORT)


def test_imports_go_one_way(source):
    allowed = MAY_IMPORT[source.room] | {source.room}
    for found in source.imports:
        assert not found.module.startswith("."), f"{source}:{found.line} has a relative import; write the full name"
        if found.module.split(".")[0] != "thalweg" or found.where == "typing":
            continue
        if (str(source), found.module) in UPWARD_IN_METHODS and found.where == "function":
            continue
        room = room_of(found.module)
        why = WHY.get((source.room, room), f"{source.room} may import {', '.join(sorted(allowed))}")
        assert room in allowed, f"{source}:{found.line} imports {found.module}: {why}"


def test_third_parties_stay_in_their_rooms(source):
    for found in source.imports:
        name = found.module.split(".")[0]
        if name == "thalweg" or name in sys.stdlib_module_names or found.where == "typing":
            continue
        assert name in THIRD_PARTY, f"{source}:{found.line} imports {name}, which has no room yet"
        assert source.room in THIRD_PARTY[name], f"{source}:{found.line} imports {name} outside {THIRD_PARTY[name]}"


def test_heavy_third_parties_are_imported_where_they_are_used(source):
    for found in source.imports:
        name = found.module.split(".")[0]
        heavy = name in THIRD_PARTY and name != "numpy" and (source.room, name) not in AT_MODULE_LEVEL
        late = "import it inside the function that needs it"
        assert not (heavy and found.where == "top"), f"{source}:{found.line} imports {name} at module level; {late}"


def test_private_modules_of_third_parties_are_left_alone(source):
    for found in source.imports:
        name, *rest = found.module.split(".")
        private = name != "thalweg" and name in THIRD_PARTY and any(part.startswith("_") for part in rest)
        assert not private, f"{source}:{found.line} imports {found.module}, which is private"


def test_no_import_cycles(sources):
    graph = {
        source.module: {
            found.module
            for found in source.imports
            if found.module.startswith("thalweg.")
            and found.module != source.module
            and found.where != "typing"
            # these methods run when everything is loaded
            and ((str(source), found.module) not in UPWARD_IN_METHODS or found.where != "function")
        }
        for source in sources
    }
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError and names the cycle


def test_exceptions_are_still_needed(sources):
    upward = {(str(source), found.module) for source in sources for found in source.imports}
    assert upward >= UPWARD_IN_METHODS
