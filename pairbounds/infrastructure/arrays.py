"""Array types, blocks of rows, bases, sparse tensors, a cache of quantities, and outward rounding."""

import math
import sys
from collections.abc import Callable, Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar, cast
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import scipy.linalg
import scipy.sparse as sp

if TYPE_CHECKING:
    import torch

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Array = npt.NDArray[Any]

EPS = float(np.finfo(np.float64).eps)  # unit of round-off
CACHED = 1 << 16  # numbers in a block: few enough that intermediate results stay in the processor's cache
RANK_TOLERANCE = 64 * EPS
NO_SIZE = -10_000  # an exponent below every exponent of float64
UnitColumns = tuple[FloatArray, IntArray]  # as `unit_columns` returns them
TINY, HUGE = 1e-100, 1e100  # squares of norms between them neither overflow nor underflow
ROUNDING = {"<=": ROUND_CEILING, ">=": ROUND_FLOOR}  # by the relation of the bounded quantity to the bound
DIGITS = 50  # digits of a quotient, rounded to the same side first
SIDES = "sides"  # key in a table's `attrs`: relations of the columns with bounds

Measure = TypeVar("Measure", bound=Callable[..., Any])


def row_blocks(rows: int, width: int, numbers: int | None = None) -> Iterator[slice]:
    """Yield row slices of a matrix (rows, width), each of at most `numbers` entries (default `CACHED`) or one row."""
    step = max(1, (CACHED if numbers is None else numbers) // max(1, width))
    return (slice(start, start + step) for start in range(0, rows, step))


def is_tensor(value: Any) -> "TypeGuard[torch.Tensor]":
    """Test whether a value is a torch tensor, without importing torch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def without_torch(value: Any) -> Any:
    """Convert a dense tensor to a numpy array (bfloat16 to float32). Other values are returned unchanged."""
    if not is_tensor(value):
        return value
    tensor = value.detach().cpu()
    return (tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor).numpy()


def sparse_tensor(matrix: sp.csr_array, dtype: "torch.dtype", device: "torch.device") -> "torch.Tensor":
    """Coalesced torch tensor of a canonical sparse matrix; cost linear in its entries."""
    import torch

    entries = matrix.tocoo()
    indices = torch.tensor(np.vstack(entries.coords), dtype=torch.int64, device=device)
    values = torch.tensor(entries.data, dtype=dtype, device=device)
    return torch.sparse_coo_tensor(indices, values, matrix.shape, is_coalesced=True, check_invariants=False)


def svd(matrix: Any, *, full_matrices: bool = False) -> tuple[FloatArray, ...]:
    """`U, s, Vᵀ` of a finite matrix, by divide and conquer, with QR iteration as fallback.

    LAPACK's divide and conquer fails to converge on one matrix in a few thousand.
    """
    try:
        return scipy.linalg.svd(matrix, full_matrices=full_matrices)
    except scipy.linalg.LinAlgError:
        return scipy.linalg.svd(matrix, full_matrices=full_matrices, lapack_driver="gesvd")


# Cache for quantities of immutable objects, such as graphs, spectra and encoders.


def once(measure: Measure) -> Measure:
    """Cache a function of one or more immutable arguments for as long as all arguments live.

    A value must not refer to an argument, which would then never be freed. Concurrent threads may compute it twice.
    """
    cache: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()

    @wraps(measure)
    def remembering(*subjects: Any) -> Any:
        facts = cache
        for subject in subjects[:-1]:
            facts = facts.setdefault(subject, WeakKeyDictionary())
        if subjects[-1] not in facts:
            facts[subjects[-1]] = measure(*subjects)
        return facts[subjects[-1]]

    return cast(Measure, remembering)


# Columns of a tall matrix: norms and scales without overflow, and orthonormal bases of their span.


def row_norms(rows: FloatArray) -> FloatArray:
    """Norms of the rows, (n,), whose squares must neither overflow nor vanish; makes no copy, unlike numpy."""
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", rows, rows)))


def column_norms(columns: FloatArray, weights: FloatArray | None = None) -> FloatArray:
    """Norms of the columns of any size, (k,); 1 for a zero column. Rows are first multiplied by any weights, (n,)."""
    blocks = (
        columns[rows] if weights is None else weights[rows, None] * columns[rows] for rows in row_blocks(*columns.shape)
    )
    with np.errstate(over="ignore", under="ignore"):
        plain = np.sqrt(sum(np.einsum("ij,ij->j", block, block) for block in blocks))
    if np.all((plain > TINY) & (plain < HUGE)):
        return np.asarray(plain)
    if weights is not None:
        return column_norms(weights[:, None] * columns)
    largest = np.abs(columns).max(axis=0)
    largest[largest == 0] = 1  # zero columns stay zero; squares of other columns neither overflow nor vanish
    return np.asarray(largest * np.maximum(1.0, np.linalg.norm(columns / largest, axis=0)))


def unit_columns(columns: FloatArray) -> UnitColumns:
    """Columns scaled by powers of two so that their largest entry is in [1/2, 1), and these powers, (k,).

    Exact, unless an entry underflows because it is far smaller than the largest of its column. A zero column has the
    power `NO_SIZE`: multiplied by it, every number is 0.
    """
    largest = largest_sizes(columns)
    powers = np.where(largest > 0, np.frexp(largest)[1], NO_SIZE)
    return times_powers(columns, -powers), powers


def largest_sizes(columns: FloatArray) -> FloatArray:
    """Largest absolute entry of each column, (k,), without a copy of the matrix."""
    return np.asarray(np.maximum(columns.max(axis=0), -columns.min(axis=0)))


def times_powers(columns: FloatArray, powers: IntArray | int) -> FloatArray:
    """The columns times `2^powers`, exact unless entries underflow."""
    with np.errstate(under="ignore"):
        return np.ldexp(columns, powers)


def thin_factors(columns: FloatArray) -> tuple[FloatArray, FloatArray]:
    """`Q`, (n, k), orthonormal, and `R`, (k, k), with `F = Q R`, from the columns of F, (n, k) with `k <= n`.

    Householder reflections: each column has a round-off error relative to its own norm.
    """
    basis, factor = scipy.linalg.qr(columns, mode="economic")
    return np.asarray(basis, dtype=np.float64), np.asarray(factor, dtype=np.float64)


def independent(factor: FloatArray) -> FloatArray:
    """Matrix V, (k, rank), with `Q V` an orthonormal basis of the columns of `F = Q R`, from R, (k, k).

    Columns count as dependent if they are so up to round-off of their norms. V is the identity if none are.
    """
    rotation, values, _ = svd(factor / column_norms(factor), full_matrices=True)
    is_independent = values > RANK_TOLERANCE * values[0]
    return np.eye(len(values)) if is_independent.all() else rotation[:, is_independent]


# Bounds as text, rounded outward: upper bounds up, lower bounds down.


def rounded(value: float | Fraction, relation: str, form: str) -> str:
    """Format a number, rounded from its exact value to the side of the relation, or else to nearest."""
    if relation not in ROUNDING or not math.isfinite(value):
        return f"{float(value):{form}}"
    exact = Fraction(value)
    with localcontext(prec=DIGITS, rounding=ROUNDING[relation]):
        text = f"{Decimal(exact.numerator) / exact.denominator:{form}}"
    return f"{float(text):{form}}" if form.endswith("g") else text  # Decimal keeps trailing zeros
