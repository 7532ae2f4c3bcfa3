"""Small mistakes in the functions of a module, one at a time."""

import ast
import gc
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType, FunctionType

KINDS = {
    "number": "a number, a root or a term is off by a tenth",
    "comparison": "a comparison leaves out its border, or takes it in, or is turned round",
    "index": "an index or a count is off by one",
    "end": "the other end of a singular value is taken, or the value itself",
    "rounding": "an allowance for round-off is left out",
    "extreme": "the greatest is taken for the least, or the least for the greatest",
}
SIGNS = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
EXTREMES = {"min": "max", "minimum": "maximum", "argmin": "argmax"}
EXTREMES |= {greatest: least for least, greatest in EXTREMES.items()}
ENDS = {
    "upper_values": ("lower_values", "singular_values"),
    "lower_values": ("upper_values", "singular_values"),
}
# Names of what stands for round-off, and of functions that round a value outward.
ALLOWANCE = re.compile(
    r"round_?off|rounding$|^rounded$|^(EPS|UNITS|eps|unit|slack|nothing|noise|doubts?|moved|added)$", re.IGNORECASE
)
ROUNDED = re.compile(r"^_?rounded_(down|up)$|^nextafter$")
# Limits of work and memory: on either side of one the same is computed, is a little sharper, or is refused.
LIMITS = {
    *("AT_ONCE", "BLOCK", "BLOCK_BYTES", "CACHED", "HOPS_PRODUCTS", "KEPT_BYTES", "LEVELS_LIMIT", "NORM_LIMIT"),
    *("PAIRS_LIMIT", "PLACES", "PRODUCTS_BLOCK", "PRODUCTS_LIMIT", "PROOF_SIDE", "STACKED", "TRIPLES_LIMIT"),
}
STRUCTURE = ("axis", "minlength", "initial", "dtype", "side", "order", "ndmin")  # keywords without a value
COMPOUND = ast.If | ast.While | ast.For | ast.With


@dataclass(frozen=True)
class Mistake:
    """A statement, or the first line of a compound one, before and after."""

    function: str
    kind: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.function}: `{self.before}` as `{self.after}`"


def mistakes(source: str) -> Iterator[tuple[Mistake, ast.Module]]:
    """All mistakes in the functions and methods of a module, in their order, and the tree while it has the mistake."""
    tree = ast.parse(source)
    for name, function in _functions(tree):
        for statement, parent, field, place in list(_expressions(function, function)):
            held = getattr(parent, field)
            right = held if place is None else held[place]
            before = _shown(statement)
            for kind, text in list(_changes(right, parent, field)):
                _put(parent, field, place, ast.parse(text, mode="eval").body)
                yield Mistake(name, kind, before, _shown(statement)), tree
            _put(parent, field, place, right)


def put(path: str, tree: ast.Module) -> None:
    """Give every function of a loaded module, wherever it is held, the code that it has in another tree."""
    codes = {code.co_qualname: code for code in _codes(compile(ast.fix_missing_locations(tree), path, "exec"))}
    for one in gc.get_objects():
        if type(one) is FunctionType and one.__code__.co_filename == path and one.__code__.co_qualname in codes:
            one.__code__ = codes[one.__code__.co_qualname]


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Code of the functions of a module or a class; of inner ones none, since it is made when these are called."""
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from [inner] if inner.co_flags & 0x1 else _codes(inner)  # a class lacks this flag


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        for each in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(each, ast.FunctionDef):
                yield each.name if each is node else f"{node.name}.{each.name}", each


def _expressions(node: ast.AST, around: ast.AST) -> Iterator[tuple[ast.AST, ast.AST, str, int | None]]:
    """Each expression that has a value: its statement, its parent, the field and the place in that field."""
    for field, value in ast.iter_fields(node):
        if isinstance(node, ast.FunctionDef | ast.Lambda) and field != "body":
            continue
        for place, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST) and not _is_structure(node, field, child):
                statement = child if isinstance(child, ast.stmt) else around
                if isinstance(child, ast.expr):
                    yield statement, node, field, place
                yield from _expressions(child, statement)


def _put(parent: ast.AST, field: str, place: int | None, node: ast.AST) -> None:
    if place is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[place] = node


def _shown(statement: ast.AST) -> str:
    text = ast.unparse(statement)
    return text.splitlines()[0] if isinstance(statement, COMPOUND) else text


def _is_structure(parent: ast.AST, field: str, node: ast.AST) -> bool:
    """Tell what has no value: imports, messages, types, the shapes of arrays, and comparisons with a limit of work."""
    chooses = isinstance(node, ast.Compare) or (isinstance(node, ast.Call) and _name(node.func) in EXTREMES)
    return (
        isinstance(node, ast.Import | ast.ImportFrom | ast.Raise | ast.JoinedStr)
        or (isinstance(node, ast.keyword) and node.arg in STRUCTURE)
        or (isinstance(parent, ast.AnnAssign) and field == "annotation")
        or (isinstance(node, ast.Call) and _name(node.func) in ("isinstance", "getattr", "astype", "reshape"))
        or (isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Is | ast.IsNot | ast.In | ast.NotIn))
        or (chooses and any(_name(part) in LIMITS for part in ast.walk(node)))
    )


def _name(node: ast.AST) -> str:
    """The last part of a dotted name; nothing of any other expression."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _changes(node: ast.AST, parent: ast.AST, field: str) -> Iterator[tuple[str, str]]:
    """Kind and text of whatever may take the place of an expression."""
    text, is_called = ast.unparse(node), isinstance(parent, ast.Call) and field == "func"
    if isinstance(node, ast.Compare):
        for place, sign in enumerate(node.ops):
            for other in SIGNS.get(type(sign), ()):
                signs = [*node.ops[:place], other(), *node.ops[place + 1 :]]
                yield "comparison", ast.unparse(ast.Compare(node.left, signs, node.comparators))
    elif isinstance(node, ast.Attribute) and node.attr in ENDS:
        yield from (("end", f"({ast.unparse(node.value)}).{other}") for other in ENDS[node.attr])
    elif is_called and _name(node) in EXTREMES:
        yield "extreme", text.removesuffix(_name(node)) + EXTREMES[_name(node)]
    else:
        yield from (("rounding", other) for other in _rounded_less(node, is_called))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub) and ast.unparse(node.right) == "1":
        yield "index", ast.unparse(node.left)
    ends = isinstance(parent, ast.Slice) and field in ("lower", "upper")
    if isinstance(node, ast.Name) and (
        ends or (isinstance(parent, ast.Subscript) and field == "slice" and len(text) == 1)
    ):
        yield "index", f"{text} - 1"
    yield from (("number", other) for other in _tenths(node, parent, field, text))


def _rounded_less(node: ast.AST, is_called: bool) -> Iterator[str]:
    called = _name(node.func) if isinstance(node, ast.Call) else ""
    read = _name(node) if isinstance(getattr(node, "ctx", None), ast.Load) and not is_called else ""
    if ROUNDED.search(called):
        yield ast.unparse(node.args[0])
    elif ALLOWANCE.search(called or read) and not ROUNDED.search(read):
        yield "0.0"
    elif called == "over_gap":
        numerator, spectrum, k = map(ast.unparse, node.args)
        cut = next((ast.unparse(one.value) for one in node.keywords), "0.0")
        yield f"({numerator}) / (1 - max({cut}, float({spectrum}.singular_values[{k}])) ** 2)"


def _tenths(node: ast.AST, parent: ast.AST, field: str, text: str) -> Iterator[str]:
    """A constant, a root or a term more and less by a tenth; not a place in an array, nor what an allowance is of."""
    number = isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value != 0
    term = field in ("left", "right") and isinstance(getattr(parent, "op", None), ast.Add | ast.Sub)
    root = isinstance(node, ast.Call) and _name(node.func) == "sqrt"
    beside = isinstance(parent, ast.Subscript | ast.Slice | ast.Tuple | ast.UnaryOp | ast.Compare)
    chosen = number or root or (term and not isinstance(node, ast.Constant))
    if chosen and not beside and not _allows(parent) and not _allows(node):
        yield from (f"({text}) {'**' if root else '*'} {factor}" for factor in (0.9, 1.1))


def _allows(node: ast.AST) -> bool:
    """Tell an allowance times something: how large one is says nothing of what is bounded."""
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        if _allows(node.right):
            return True
        node = node.left
    return ALLOWANCE.search(_name(node.func if isinstance(node, ast.Call) else node)) is not None
