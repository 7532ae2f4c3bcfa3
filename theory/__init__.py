"""Pair graphs, their spectrum, and the ledger of bounds on what contrastive learning makes of them."""

from theory.infrastructure import interruption as interruption  # before what takes seconds to load

# isort: split
from theory.attack import CounterexampleResult, find_counterexample
from theory.bounds import BOUNDS, Bound, bound, check_bounds, over_gap
from theory.consistency import induced_labelling_error, label_energy, labelling_error
from theory.encoder_check import check_encoder
from theory.encoder_report import EncoderCheck
from theory.factorisation import optimal_embeddings, spectral_loss
from theory.graph import PairGraph
from theory.infrastructure.foreign import ForeignCodeError
from theory.infrastructure.hypotheses import HypothesisError
from theory.infrastructure.latex import to_latex
from theory.metrics import alignment, uniformity
from theory.moment_problem import Sharpest, sharpest
from theory.probes import ProbeResult, probe, zero_shot_error
from theory.proofs import Proof, prove
from theory.rates import RateFit, fit_rate
from theory.spectra import Spectrum, spectrum

__version__ = "0.1.0"

__all__ = [
    "BOUNDS",
    "Bound",
    "CounterexampleResult",
    "EncoderCheck",
    "ForeignCodeError",
    "HypothesisError",
    "PairGraph",
    "ProbeResult",
    "Proof",
    "RateFit",
    "Sharpest",
    "Spectrum",
    "alignment",
    "bound",
    "check_bounds",
    "check_encoder",
    "find_counterexample",
    "fit_rate",
    "induced_labelling_error",
    "label_energy",
    "labelling_error",
    "optimal_embeddings",
    "over_gap",
    "probe",
    "prove",
    "sharpest",
    "spectral_loss",
    "spectrum",
    "to_latex",
    "uniformity",
    "zero_shot_error",
]


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
