"""Question: what is wrong with this encoder? Symptoms, worst first, with actions."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp

from pairbounds.infrastructure.checks import is_integer, require_named
from pairbounds.theory.graph.labels import UNLABELLED
from pairbounds.theory.graph.neighbours import directions
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.questions.diagnosis.case import Case, Finding
from pairbounds.theory.questions.diagnosis.causes import collapsed, mismatched, stuck, temperature
from pairbounds.theory.questions.diagnosis.losses import LOSSES, embedding
from pairbounds.theory.questions.diagnosis.uses import duplicates, gap, hubs, probes, prompts
from pairbounds.theory.questions.diagnosis.zero_shot import ZeroShot

BATCH = 256
SYMPTOMS: tuple[Callable[[Case], Finding | None], ...] = (  # causes before their consequences
    *(mismatched, collapsed, stuck, temperature),
    *(duplicates, gap, hubs, prompts, probes),
)
WELL = "Nothing is wrong that these embeddings and pairs can show."


@dataclass(frozen=True)
class Diagnosis:
    """Result of `diagnose`; `print` it.

    Attributes
    ----------
    findings : results of all checks, worst first
    """

    findings: tuple[Finding, ...]

    @property
    def wrong(self) -> tuple[Finding, ...]:
        """Findings with positive severity, worst first."""
        return tuple(finding for finding in self.findings if finding.severity > 0)

    @property
    def table(self) -> pd.DataFrame:
        """Table of the findings: symptom, number, meaning, action, severity."""
        return pd.DataFrame([vars(finding) for finding in self.findings])

    @property
    def sentence(self) -> str:
        """The action to take first."""
        return f"{self.wrong[0].symptom}: {self.wrong[0].action}" if self.wrong else WELL

    def __str__(self) -> str:
        lines = [f"{line.symptom}: {line.number}. {line.meaning} {line.action}" for line in self.wrong]
        return "\n".join(lines or [WELL])


def diagnose(
    images: Any,
    texts: Any,
    pairs: PairGraph | None = None,
    *,
    labels: npt.ArrayLike | None = None,
    batch: int | None = None,
    loss: str = "clip",
    temperature: float | None = None,
    bias: float | None = None,
    prompts: Mapping[Any, Any] | None = None,
    before_head: Any = None,
    seed: int = 0,
) -> Diagnosis:
    """Find problems of an encoder of images and texts, worst first, with actions.

    Parameters
    ----------
    images, texts : (n, d) and (m, d), numpy or torch, the embeddings in the loss
    pairs : graph whose nodes are the rows, in order; by default row i of both is a pair
    labels : (n,), classes of the images, None for no class; by default those of the graph
    batch : training batch size in pairs; by default 256, or all pairs if there are fewer
    loss : "clip" or "siglip" of cosines, "infonce" or "spectral" of products
    temperature, bias : divisor of the scores, and constant to add; a logit scale of 100 is a temperature of 0.01
    prompts : by class, embeddings of its prompts, (d,) or (M, d)
    before_head : (n, d'), features of the images before the projection head
    seed : of the random batches and samples

    Raises
    ------
    ValueError
        Embeddings of different widths, not finite, or with zero rows; wrong numbers of rows; fewer pairs than a batch;
        labels of one class; a temperature that is not positive; missing prompts of a class.

    Notes
    -----
    Losses are measured on random batches of independent pairs, retrieval on at most 5,000 queries of each side, in
    blocks: O((n + m) d²) and 5,000 (n + m) d operations. Severity is the lost share of the value that the pairs allow.
    The thresholds were chosen on encoders trained on `LatentWorld`.

    Examples
    --------
    >>> import numpy as np
    >>> import pairbounds as pb
    >>> images, noise = np.random.default_rng(0).standard_normal((2, 300, 16))
    >>> print(pb.diagnose(images, images + 0.5 * noise))
    Nothing is wrong that these embeddings and pairs can show.
    >>> pb.diagnose(images, noise).wrong[0].symptom
    'Stuck'
    """
    require_named("loss", loss, LOSSES)
    _require_settings(loss, temperature, bias)
    left, right = (embedding(name, rows, loss) for name, rows in (("images", images), ("texts", texts)))
    if left.shape[1] != right.shape[1]:
        raise ValueError(f"images have width {left.shape[1]}, texts {right.shape[1]}: give embeddings after the heads")
    if pairs is None and len(left) == len(right):
        pairs = PairGraph(sp.eye_array(len(left)))
    if pairs is None or pairs.shape != (len(left), len(right)):
        what = "no pairs" if pairs is None else f"pairs of {pairs.n_left} and {pairs.n_right}"
        raise ValueError(f"{len(left)} images and {len(right)} texts, and {what}: give pairs whose nodes are the rows")
    graph = _labelled(pairs, labels)
    before = None if before_head is None else directions("before_head", before_head)
    if before is not None and len(before) != len(left):
        raise ValueError(f"before_head has {len(before)} rows for {len(left)} images: give one row per image")
    zero_shot = None if prompts is None else ZeroShot.of(graph, prompts, loss, right.shape[1], seed)
    case = Case(left, right, graph, loss, _batch(batch, pairs.joint.nnz), temperature, bias, zero_shot, before, seed)
    findings = [finding for symptom in SYMPTOMS if (finding := symptom(case)) is not None]
    return Diagnosis(tuple(sorted(findings, key=lambda finding: -finding.severity)))  # stable: causes first


def _require_settings(loss: str, temperature: float | None, bias: float | None) -> None:
    if temperature is not None and not (temperature > 0 and math.isfinite(temperature)):
        raise ValueError(f"temperature={temperature!r} is not valid: give a positive number")
    if temperature is not None and loss == "spectral":
        raise ValueError("the spectral loss has no temperature: leave out temperature")
    if bias is not None and (loss != "siglip" or temperature is None or not math.isfinite(bias)):
        raise ValueError(f"bias={bias!r} is not valid: it must be finite, and needs the loss siglip and a temperature")


def _labelled(graph: PairGraph, labels: npt.ArrayLike | None) -> PairGraph:
    if labels is not None:
        graph = PairGraph(graph.joint, labels, left_ids=graph.left_ids, right_ids=graph.right_ids)
    present = graph.left_labels
    if present is not None and len(np.unique(present[present != UNLABELLED])) < 2:
        raise ValueError("all images have the same label: at least two classes are needed")
    return graph


def _batch(batch: int | None, pairs: int) -> int:
    size = min(BATCH, pairs) if batch is None else batch
    if not is_integer(size, 2, pairs):
        raise ValueError(f"batch={size!r} is not valid: give a batch size from 2 to {pairs}, the number of pairs")
    return int(size)
