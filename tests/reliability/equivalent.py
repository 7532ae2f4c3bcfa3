"""Mutants that change no value, each with the reason."""

SAME_VALUE: dict[str, str] = {
    "theory.restricted.restricted_probe: `_, found, directions = svd(image, full_matrices=rank > graph.n_right)` as "
    "`_, found, directions = svd(image, full_matrices=rank >= graph.n_right)`": "A square matrix has all its "
    "directions either way.",
}
