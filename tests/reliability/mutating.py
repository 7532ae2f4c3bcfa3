"""Small mistakes in the functions of a module, one at a time, and how each is put in the place of what is right.

A mutant is a module whose source is changed in one place inside a function. It takes effect by the code of that
function, so that whoever has imported it calls the mutant; what is computed when the module is loaded stays as it is.
"""

import ast
import gc
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

KINDS = {
    "number": "a number, a root or a term is off by a tenth",
    "comparison": "a comparison leaves out its border, or takes it in, or is turned round",
    "index": "an index or a count is off by one",
    "end": "the other end of a singular value is taken, or the value itself",
    "rounding": "an allowance for round-off is left out",
    "extreme": "the greatest is taken for the least, or the least for the greatest",
}

TOUCHING = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
TURNED = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}
PAIRS = (("min", "max"), ("minimum", "maximum"), ("argmin", "argmax"))
EXTREMES = {one: other for pair in PAIRS for one, other in (pair, pair[::-1])}
ENDS = {
    "upper_values": ("lower_values", "singular_values"),
    "lower_values": ("upper_values", "singular_values"),
}
# Names, and names of functions, of what stands for round-off; and of functions that round a value outward.
ALLOWANCE = re.compile(
    r"round_?off|rounding$|^rounded$|^(EPS|UNITS|eps|unit|slack|nothing|noise|doubts?|moved|added)$", re.IGNORECASE
)
ROUNDED = re.compile(r"^_?rounded_(down|up)$|^nextafter$")
# Limits of work and memory. On which side of one a graph is decides how the same is computed, in blocks of which size,
# whether it is kept, whether a bound is a little sharper than another that is proved, or whether it is refused.
LIMITS = (
    *("AT_ONCE", "BLOCK", "BLOCK_BYTES", "CACHED", "HOPS_PRODUCTS", "KEPT_BYTES", "LEVELS_LIMIT", "NORM_LIMIT"),
    *("PAIRS_LIMIT", "PLACES", "PRODUCTS_BLOCK", "PRODUCTS_LIMIT", "PROOF_SIDE", "STACKED", "TRIPLES_LIMIT"),
)
STRUCTURE = ("axis", "minlength", "initial", "dtype", "side", "order", "ndmin")  # keywords that say nothing of a value


@dataclass(frozen=True)
class Mistake:
    """What is changed.

    Attributes
    ----------
    module, function : where it is, by their names
    kind : one of `KINDS`
    before, after : the statement; of one that holds others its first line
    """

    module: str
    function: str
    kind: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.module}.{self.function}: `{self.before}` as `{self.after}`"


@dataclass(frozen=True)
class Mutant(Mistake):
    """A mistake, and the code of the whole module with it."""

    code: CodeType


def mistakes(module: ModuleType, kinds: Iterable[str] = tuple(KINDS)) -> Iterator[tuple[Mistake, ast.Module]]:
    """All mistakes of some kinds in a module, in the order of its functions, with its tree while it has the mistake."""
    tree, wanted = _source(module), set(kinds)
    for name, function in _functions(tree):
        for statement, hook in _places(function):
            node, before = hook.node, _shown(statement)
            for kind, changed in _changes(hook):
                if kind in wanted:
                    hook.put(changed)
                    yield Mistake(module.__name__, name, kind, before, _shown(statement)), tree
            hook.put(node)


def mutants(module: ModuleType, kinds: Iterable[str] = tuple(KINDS)) -> Iterator[Mutant]:
    """All mutants of a module of some kinds; for each the module is compiled."""
    for mistake, tree in mistakes(module, kinds):
        code = compile(ast.fix_missing_locations(tree), str(module.__file__), "exec")
        yield Mutant(**vars(mistake), code=code)


class Loaded:
    """The functions of a module as they are loaded, wherever they are held: in other modules, under decorators."""

    def __init__(self, module: ModuleType) -> None:
        path = str(module.__file__)
        self._right = _codes(compile(_source(module), path, "exec"))
        self._functions = [
            one for one in gc.get_objects() if type(one) is FunctionType and one.__code__.co_filename == path
        ]

    @contextmanager
    def with_mistake(self, mutant: Mutant) -> Iterator[None]:
        """The mutant in the place of the function, for as long as the context lasts.

        Raises
        ------
        LookupError
            No function that is loaded has what the mutant changes.
        """
        pairs = zip(self._right, _codes(mutant.code), strict=True)
        changed = {right: wrong for right, wrong in pairs if right != wrong}
        held = [(one, one.__code__) for one in self._functions if one.__code__ in changed]
        if not held:
            raise LookupError(f"nothing that is loaded is changed by {mutant}")
        try:
            for function, right in held:
                function.__code__ = changed[right]
            yield
        finally:
            for function, right in held:
                function.__code__ = right


def _source(module: ModuleType) -> ast.Module:
    return ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))


def _codes(code: CodeType) -> list[CodeType]:
    """The code of every function of a module or a class; what is inside a function is made anew when that is called."""
    inner = [one for one in code.co_consts if isinstance(one, CodeType)]
    return [each for one in inner for each in ([one] if one.co_flags & OPTIMISED else _codes(one))]


OPTIMISED = 0x1  # a flag that the code of functions has, and that of classes has not


@dataclass(frozen=True)
class _Hook:
    """Where an expression hangs in a tree: in a field of its parent, or in a place of the list that is there."""

    parent: ast.AST
    field: str
    place: int | None

    @property
    def node(self) -> ast.AST:
        held = getattr(self.parent, self.field)
        found: ast.AST = held if self.place is None else held[self.place]
        return found

    @property
    def is_called(self) -> bool:
        return isinstance(self.parent, ast.Call) and self.field == "func"

    def put(self, node: ast.AST) -> None:
        if self.place is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.place] = node


def _shown(statement: ast.AST) -> str:
    text = ast.unparse(statement)
    return text.splitlines()[0] if isinstance(statement, ast.If | ast.While | ast.For | ast.With) else text


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Functions and methods, with their qualified names."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{one.name}", one) for one in node.body if isinstance(one, ast.FunctionDef))


def _places(function: ast.FunctionDef) -> Iterator[tuple[ast.AST, _Hook]]:
    """Every expression of a function's body, with its statement."""
    pending: list[tuple[ast.AST, ast.AST]] = [(function, function)]
    while pending:
        parent, around = pending.pop(0)
        for field, value in ast.iter_fields(parent):
            if isinstance(parent, ast.FunctionDef | ast.Lambda) and field != "body":
                continue
            for place, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if not isinstance(node, ast.AST) or _is_structure(parent, field, node):
                    continue
                statement = node if isinstance(node, ast.stmt) else around
                pending.append((node, statement))
                if isinstance(node, ast.expr):
                    yield statement, _Hook(parent, field, place)


def _is_structure(parent: ast.AST, field: str, node: ast.AST) -> bool:
    """What says nothing of a value: imports, messages, types, the shapes of arrays, and limits of work."""
    return (
        isinstance(node, ast.Import | ast.ImportFrom | ast.Raise | ast.JoinedStr)
        or (isinstance(node, ast.keyword) and node.arg in STRUCTURE)
        or (isinstance(parent, ast.AnnAssign) and field == "annotation")
        or (isinstance(node, ast.Call) and _name(node.func) in ("isinstance", "getattr", "astype", "reshape"))
        or (isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Is | ast.IsNot | ast.In | ast.NotIn))
        or _is_limited(node)
    )


def _is_limited(node: ast.AST) -> bool:
    """Whether a comparison, a least or a greatest is with a limit of work."""
    chooses = isinstance(node, ast.Compare) or (isinstance(node, ast.Call) and _name(node.func) in EXTREMES)
    return chooses and any(_name(part) in LIMITS for part in ast.walk(node))


def _changes(hook: _Hook) -> Iterator[tuple[str, ast.AST]]:
    """What may take the place of an expression, with the kind of the mistake."""
    node = hook.node
    if isinstance(node, ast.Compare):
        yield from (("comparison", other) for other in _comparisons(node))
    elif isinstance(node, ast.Attribute) and node.attr in ENDS:
        yield from (("end", ast.Attribute(node.value, other, node.ctx)) for other in ENDS[node.attr])
    elif hook.is_called and _name(node) in EXTREMES:
        other = EXTREMES[_name(node)]
        renamed = ast.Attribute(node.value, other, node.ctx) if isinstance(node, ast.Attribute) else None
        yield "extreme", renamed or ast.Name(other, ast.Load())
    elif _is_allowance(hook):
        yield "rounding", ast.Constant(0.0)
    elif isinstance(node, ast.Call) and ROUNDED.search(_name(node.func)):
        yield "rounding", node.args[0]
    elif isinstance(node, ast.Call) and _name(node.func) == "over_gap":
        yield "rounding", _plainly_over_gap(node)
    yield from (("index", other) for other in _beside(hook))
    yield from (("number", other) for other in _tenths(hook))


def _comparisons(node: ast.Compare) -> Iterator[ast.AST]:
    for place, sign in enumerate(node.ops):
        for other in (TOUCHING.get(type(sign)), TURNED.get(type(sign))):
            if other is not None:
                yield ast.Compare(node.left, [*node.ops[:place], other(), *node.ops[place + 1 :]], node.comparators)


def _name(node: ast.AST) -> str:
    """The last part of a dotted name; nothing of any other expression."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_allowance(hook: _Hook) -> bool:
    """A name that is read, or the call of a function, that stands for round-off."""
    node = hook.node
    if isinstance(node, ast.Call):
        named = _name(node.func)
    elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load) and not hook.is_called:
        named = _name(node)
    else:
        return False
    return ALLOWANCE.search(named) is not None and not ROUNDED.search(named)


def _plainly_over_gap(node: ast.Call) -> ast.AST:
    """The quotient of `pairbounds.theory.bounds.gap`, not rounded."""
    numerator, spectrum, k = (ast.unparse(argument) for argument in node.args)
    cut = next((ast.unparse(one.value) for one in node.keywords), "0.0")
    source = f"({numerator}) / (1 - max({cut}, float({spectrum}.singular_values[{k}])) ** 2)"
    return ast.parse(source, mode="eval").body


def _beside(hook: _Hook) -> Iterator[ast.AST]:
    """`k + 1` and `k - 1` as `k`; and one less than a name that ends a slice, or of one letter in an index."""
    node, parent = hook.node, hook.parent
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub) and _is_one(node.right):
        yield node.left
    ends = isinstance(parent, ast.Slice) and hook.field in ("lower", "upper")
    index = isinstance(parent, ast.Subscript) and hook.field == "slice"
    if isinstance(node, ast.Name) and (ends or (index and len(node.id) == 1)):
        yield ast.BinOp(node, ast.Sub(), ast.Constant(1))


def _is_one(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1 and type(node.value) is int


def _tenths(hook: _Hook) -> Iterator[ast.AST]:
    """A constant, a root or a term more and less by a tenth; not a place in an array, nor what an allowance is of."""
    node, parent = hook.node, hook.parent
    if isinstance(parent, ast.Subscript | ast.Slice | ast.Tuple | ast.UnaryOp | ast.Compare):
        return
    number = isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value != 0
    term = hook.field in ("left", "right") and isinstance(getattr(parent, "op", None), ast.Add | ast.Sub)
    root = isinstance(node, ast.Call) and _name(node.func) == "sqrt"
    if not (number or root or (term and not isinstance(node, ast.Constant))) or _allows(parent) or _allows(node):
        return
    for factor in (0.9, 1.1):
        yield ast.BinOp(node, ast.Pow() if root else ast.Mult(), ast.Constant(factor))


def _allows(node: ast.AST) -> bool:
    """Whether an expression is an allowance times something: how large one is says nothing of what is bounded."""
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        if _allows(node.right):
            return True
        node = node.left
    named = node.func if isinstance(node, ast.Call) else node
    return ALLOWANCE.search(_name(named)) is not None
