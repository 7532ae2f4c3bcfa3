"""Mutants that change no value, each with the reason."""

SAME_VALUE: dict[str, str] = {
    (
        "pairbounds.theory.bounds.theorem28_training_pairs.Forecast.__post_init__: `_require(1, self.level)` as "
        "`_require(1 * 1.1, self.level)`"
    ): ("One pair and 1.1 of them are both enough; the level is looked at."),
    (
        "pairbounds.theory.bounds.theorem28_training_pairs.Forecast.mse: `found = mse_by_excess(self.graph, "
        "self.triplets, self.k, excess) if excess < self.k else 1.0` as `found = mse_by_excess(self.graph, "
        "self.triplets, self.k, excess) if excess <= self.k else 1.0`"
    ): ("At an excess of k the bound is 1 either way."),
    (
        "pairbounds.theory.bounds.theorem28_training_pairs.Forecast.mse: `found = mse_by_excess(self.graph, "
        "self.triplets, self.k, excess) if excess < self.k else 1.0` as `found = mse_by_excess(self.graph, "
        "self.triplets, self.k, excess) if excess < self.k else 1.0 * 1.1`"
    ): ("The bound by angles beside it is at most 1."),
    (
        "pairbounds.theory.bounds.theorem28_training_pairs.Forecast.pairs: `if self.mse(MOST_PAIRS) > target:` as `if"
        " self.mse(MOST_PAIRS) >= target:`"
    ): ("Whether the largest number is enough by a hair."),
    (
        "pairbounds.theory.bounds.theorem28_training_pairs.Forecast.pairs: `while many / few > 1.001:` as `while many"
        " / few >= 1.001:`"
    ): ("The search ends a step later."),
    (
        "pairbounds.theory.bounds.theorem28_training_pairs.Forecast.pairs: `few, many = (few, middle) if "
        "self.mse(int(middle)) <= target else (middle, many)` as `few, many = (few, middle) if self.mse(int(middle)) "
        "< target else (middle, many)`"
    ): ("Whether a number is enough by a hair."),
    (
        "pairbounds.theory.bounds.theorem28_training_pairs.Forecast._operator_noise: `if max(off) >= 1:` as `if "
        "max(off) > 1:`"
    ): ("At 1 the noise is infinite either way."),
    (
        "pairbounds.theory.bounds.theorem28_training_pairs._gap: `if triplets.singular_values[k] == 0:` as `if "
        "triplets.singular_values[k - 1] == 0:`"
    ): ("Of a last value of 0 the gap is 1 up to round-off, beyond the rank both values are 0."),
    (
        "pairbounds.theory.bounds.theorem28_training_pairs._gap: `return max(0.0, 1 - below / above) if above > 0 "
        "else 0.0` as `return max(0.0, 1 - below / above) if above >= 0 else 0.0`"
    ): ("A lower end of 0 has a last value of 0 beside it, for which the gap is known."),
    (
        "pairbounds.theory.bounds.theorem28_training_pairs._mse_by_angle: `within = np.minimum(1.0, "
        "np.cumsum(energy))` as `within = np.minimum(1.0 * 1.1, np.cumsum(energy))`"
    ): ("Energies sum to 1, up to round-off."),
    (
        "pairbounds.theory.bounds.theorem28_training_pairs._mse_by_angle: `sine = np.divide(noise, room, "
        "out=np.ones(k), where=room > noise)` as `sine = np.divide(noise, room, out=np.ones(k), where=room >= noise)`"
    ): ("A sine of 1 either way."),
    (
        "pairbounds.theory.bounds.theorem28_training_pairs._mse_by_angle: `sine = np.divide(noise, room, "
        "out=np.ones(k), where=room > noise)` as `sine = np.divide(noise, room, out=np.ones(k), where=room > 0.0)`"
    ): ("A sine above 1 makes an angle of 1, as a sine of 1 does."),
    (
        "pairbounds.theory.bounds.theorem28_training_pairs._mse_by_angle: `angle = np.minimum(1.0, stretch * (sine + "
        "off))` as `angle = np.minimum(1.0 * 1.1, stretch * (sine + off))`"
    ): ("With an angle of 1 or more the bound is 1 or more, and cut to 1."),
    (
        "pairbounds.theory.bounds.theorem28_training_pairs._mse_by_angle: `return float(min(1.0, roots.min()) ** 2)` "
        "as `return float(min(1.0 * 1.1, roots.min()) ** 2)`"
    ): ("The bound by theorem 17 beside it is at most 1."),
    (
        "pairbounds.theory.bounds.theorem29_batches.smallest_batch: `sizes = range(2, LARGEST_BATCH + 1)` as `sizes ="
        " range(2, LARGEST_BATCH)`"
    ): ("The largest batch of all is one of 1e12 pairs."),
    (
        "pairbounds.theory.bounds.theorem29_batches.collisions: `rows = [{'kind': kind, 'expected': (batch - 1) * "
        "float(anchor @ chance), 'none': float(anchor @ (1 - np.minimum(1.0, chance)) ** (batch - 1))} for kind, "
        "(anchor, chance) in kinds.items()]` as `rows = [{'kind': kind, 'expected': (batch - 1) * float(anchor @ "
        "chance), 'none': float(anchor @ (1 - np.minimum(1.0 * 1.1, chance)) ** (batch - 1))} for kind, (anchor, "
        "chance) in kinds.items()]`"
    ): ("A chance is above 1 by round-off alone, and a power of so little is none."),
    (
        "pairbounds.theory.bounds.theorem29_batches.dropping: `ordered = others > ROUNDING` as `ordered = others >= "
        "ROUNDING`"
    ): ("A limit between shares that are round-off and those that are not."),
    (
        "pairbounds.theory.bounds.theorem29_batches.dropping: `ordered = others > ROUNDING` as `ordered = others > 0.0`"
    ): ("Both sums are in one order, so that nothing is left over of equal ones; another order would leave round-off."),
    (
        "pairbounds.theory.bounds.theorem29_batches.smallest_batch: `if not wanted > 1e-12:` as `if not wanted >= "
        "1e-12:`"
    ): ("A limit between what is round-off and what is not."),
    (
        "pairbounds.theory.bounds.theorem20_votes.Vote.most_by_node: `cost = np.where(self.own > self.rival, total * "
        "least_divergence(self.rival / total), 0.0)` as `cost = np.where(self.own >= self.rival, total * "
        "least_divergence(self.rival / total), 0.0)`"
    ): ("The least divergence of even odds from themselves is 0."),
    (
        "pairbounds.theory.bounds.theorem22_counting._fourth_powers: `if np.sum(rows ** 2) < np.sum(columns ** 2):` "
        "as `if "
        "np.sum(rows ** 2) <= np.sum(columns ** 2):`"
    ): ("`‖A Aᵀ‖` is `‖Aᵀ A‖`: the side is a matter of cost."),
    (
        "pairbounds.theory.bounds.theorem27_whitened_alignment._singular_values: `if np.linalg.norm(matrix - "
        "np.diag(diagonal)) <= RANK_TOLERANCE * np.sqrt(len(matrix)):` as `if np.linalg.norm(matrix - "
        "np.diag(diagonal)) < RANK_TOLERANCE * np.sqrt(len(matrix)):`"
    ): ("At the tolerance itself both are right to round-off."),
    (
        "pairbounds.theory.bounds.theorem11_nearest_mean._reach: `return np.asarray(np.where(reach > TINY, reach, "
        "0.0))` as "
        "`return np.asarray(np.where(reach >= TINY, reach, 0.0))`"
    ): ("Of the border itself the square is in float64, too: a limit between two safe sides."),
    (
        "pairbounds.theory.bounds.theorem11_nearest_mean._in_squared_units: `held = mean_square in (0, math.inf) or "
        "SMALLEST "
        "<= value < math.inf` as `held = mean_square in (0, math.inf) or SMALLEST < value < math.inf`"
    ): ("The least number with all its digits is refused, and no bound is another."),
    (
        "pairbounds.theory.spectrum.certificates.certify: `smaller_is_right = graph.n_right <= graph.n_left` as "
        "`smaller_is_right = "
        "graph.n_right < graph.n_left`"
    ): ("Of a square matrix both sides are the smaller."),
    (
        "pairbounds.theory.quantities.multihop.label_measure: `known[hops] = known[most].leading(hops) if most > hops "
        "else _label_measure(graph, hops)` as `known[hops] = known[most].leading(hops) if most >= hops else "
        "_label_measure(graph, hops)`"
    ): ("The very number of hops is not among those that are known: it is looked for before."),
    (
        "pairbounds.theory.quantities.multihop._bidiagonalised: `shorter_left = left.size <= right.size` as "
        "`shorter_left = left.size < "
        "right.size`"
    ): ("Of a square matrix both sides are the shorter."),
    (
        "pairbounds.theory.quantities.multihop._bidiagonalised: `_orthogonalise(left, kept[:step + 1])` as "
        "`_orthogonalise(left, "
        "kept[:step])`"
    ): ("What lies along the last vector is round-off of the recurrence: it perturbs the matrix by as much."),
    (
        "pairbounds.theory.quantities.hop_scores._hops: `if known is None or len(known) < count:` as `if known is None "
        "or len(known) <= count:`"
    ): ("Of just so many hops that are kept, a copy is kept in their place."),
    (
        "pairbounds.theory.quantities.hop_scores._continued: `half = matrix.T @ hops[degree - 1] if degree > 1 else "
        "first_half_hop(matrix, targets)` as `half = matrix.T @ hops[degree - 1] if degree >= 1 else "
        "first_half_hop(matrix, targets)`"
    ): ("The first half hop reads the labels as sparse: a matter of cost."),
    ("pairbounds.theory.quantities.local_multihop._least: `if hope >= best.error:` as `if hope > best.error:`"): (
        "At the best error itself nothing less is proved, and of equal ones the first is kept."
    ),
    (
        "pairbounds.theory.quantities.local_multihop._least: `if trial.at_least(cut) < best.error:` as `if "
        "trial.at_least(cut) <= "
        "best.error:`"
    ): ("At the best error itself nothing less is proved, and of equal ones the first is kept."),
    (
        "pairbounds.theory.quantities.local_multihop._may_say_something: `return math.isfinite(root) and "
        "bool(np.any(integrals < all_wrong))` as `return math.isfinite(root) and "
        "bool(np.any(integrals <= all_wrong))`"
    ): ("At equality the budget pays for all nodes: the member says 1, as one that is left out does."),
}
