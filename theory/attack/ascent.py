"""Gradient ascent on the log weights, through torch, where a quantity has a differentiable stand-in.

A claim is an arbitrary function, so what is ascended is the ratio of the quantity, smoothed where it is a 0-1 error, to
the right side that its claims share up to a factor: `α_T / (1 - σ²_{k+1})` for the linear probe, say. The claim's
own ratio then decides, at several points of the way. Quantities without a stand-in are left to the local search.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from pairbounds.theory.attack.candidate import Candidate
from pairbounds.theory.attack.evaluation import Evaluator

STEPS, LOOK_EVERY, RATE = 60, 12, 0.15
TINY = 1e-12  # keeps logarithms and roots differentiable where there is nothing left to gain


@dataclass(frozen=True, eq=False)
class Parts:
    """The parts of stand-ins, differentiable in the weights; float64.

    Attributes
    ----------
    k : the width
    joint : (n_left, n_right), sums to 1
    values, left, right : all singular triplets of the normalised matrix
    left_onehot, right_onehot : (n_left, r) and (n_right, r)
    softness : width of the step that stands in for a 0-1 error
    """

    k: int
    joint: torch.Tensor
    values: torch.Tensor
    left: torch.Tensor
    right: torch.Tensor
    left_onehot: torch.Tensor
    right_onehot: torch.Tensor
    softness: float

    @classmethod
    def of(cls, joint: torch.Tensor, candidate: Candidate, softness: float) -> "Parts":
        """The parts of a joint distribution with a candidate's labels and width."""
        normalized = joint / torch.sqrt(joint.sum(1, keepdim=True) * joint.sum(0))
        left, values, right = torch.linalg.svd(normalized, full_matrices=False)
        classes = 1 + max(candidate.left_labels.max(), candidate.right_labels.max())
        onehot = torch.eye(int(classes), dtype=torch.float64)
        return cls(
            candidate.k,
            joint,
            values,
            left,
            right.T,
            onehot[torch.from_numpy(candidate.left_labels)],
            onehot[torch.from_numpy(candidate.right_labels)],
            softness,
        )

    @property
    def gap(self) -> torch.Tensor:
        """`1 - σ²_{k+1}`."""
        beyond = self.values[self.k] if self.k < len(self.values) else torch.zeros((), dtype=torch.float64)
        return 1 - beyond**2 + TINY

    @property
    def targets(self) -> torch.Tensor:
        """`Ỹ`, (n_left, r)."""
        return torch.sqrt(self.joint.sum(1))[:, None] * self.left_onehot

    @property
    def labelling_error(self) -> torch.Tensor:
        """`α`."""
        return (self.joint * (1 - self.left_onehot @ self.right_onehot.T)).sum() + TINY

    @property
    def induced_labelling_error(self) -> torch.Tensor:
        """`α_T`."""
        by_class = self.left_onehot.T @ self.joint
        return (by_class * (1 - by_class / self.joint.sum(0))).sum() + TINY

    def soft_error(self, weighted_scores: torch.Tensor) -> torch.Tensor:
        """The 0-1 error of weighted scores (n_left, r), with a sigmoid for the step."""
        marginal = self.joint.sum(1)
        scores = weighted_scores / torch.sqrt(marginal)[:, None]
        own = (scores * self.left_onehot).sum(1)
        rival = scores.masked_fill(self.left_onehot > 0, -torch.inf).amax(1)
        return (marginal * torch.sigmoid((rival - own) / self.softness)).sum() + TINY


def _probe_mse(parts: Parts) -> torch.Tensor:
    explained = ((parts.left[:, : parts.k].T @ parts.targets) ** 2).sum()
    return (1 - explained + TINY) * parts.gap / parts.induced_labelling_error


def _probe_error(parts: Parts) -> torch.Tensor:
    top = parts.left[:, : parts.k]
    return parts.soft_error(top @ (top.T @ parts.targets)) * parts.gap / parts.induced_labelling_error


def _zero_shot_error(parts: Parts) -> torch.Tensor:
    top, k = parts.left[:, : parts.k] * parts.values[: parts.k], parts.k
    prototypes = torch.sqrt(parts.joint.sum(0))[:, None] * parts.right_onehot
    error = parts.soft_error(top @ (parts.right[:, :k].T @ prototypes))
    beyond = torch.sqrt(torch.clamp(1 - parts.gap, min=TINY))
    return error / (parts.labelling_error * (1 + beyond / torch.sqrt(parts.gap)) ** 2)


def _induced_labelling_error(parts: Parts) -> torch.Tensor:
    return parts.induced_labelling_error / parts.labelling_error


STAND_INS: dict[str, Callable[[Parts], torch.Tensor]] = {
    "probe_mse": _probe_mse,
    "probe_error": _probe_error,
    "zero_shot_error": _zero_shot_error,
    "induced_labelling_error": _induced_labelling_error,
}


def ascend(
    start: Candidate, evaluator: Evaluator, rng: np.random.Generator, *, until: float, ratio: float
) -> tuple[Candidate, float]:
    """Adam on the log weights of the edges, from a candidate of known ratio; the best by the claim's own ratio.

    Nothing moves where the quantity has no stand-in, the claim is about encoders or a penalised loss, or one class is
    present. Stops early where singular values tie: there the triplets have no derivative. A step costs O(n³), n the
    larger side.
    """
    about_top_k = not (evaluator.with_features or evaluator.with_penalty)
    stand_in = STAND_INS.get(evaluator.claim.quantity) if about_top_k else None
    if stand_in is None or not np.ptp(start.left_labels):
        return start, ratio
    best = start
    softness = 10 ** rng.uniform(-2.5, -1)
    edges = np.nonzero(start.weights)
    logits = torch.log(torch.from_numpy(start.weights[edges]))
    # A hair of noise parts singular values that tie, where a derivative would not exist.
    logits = (logits + 1e-3 * torch.from_numpy(rng.standard_normal(len(logits)))).requires_grad_()
    optimiser = torch.optim.Adam([logits], lr=RATE)
    for step in range(1, STEPS + 1):
        weights = torch.zeros(start.weights.shape, dtype=torch.float64)
        weights[edges] = torch.softmax(logits, 0)
        optimiser.zero_grad()
        evaluator.meter.evaluations += 1  # it costs as much as one
        objective = torch.log(stand_in(Parts.of(weights, start, softness)))
        (-objective).backward()  # type: ignore[no-untyped-call]
        if logits.grad is None or not torch.isfinite(logits.grad).all():
            break
        optimiser.step()
        if step % LOOK_EVERY == 0:
            moved = np.zeros(start.weights.shape)
            moved[edges] = torch.softmax(logits.detach(), 0).numpy()
            tried = start.changed(weights=moved)
            found = evaluator(tried)
            if found >= ratio:
                best, ratio = tried, found
            if evaluator.meter.spent >= until:
                break
    return best, ratio
