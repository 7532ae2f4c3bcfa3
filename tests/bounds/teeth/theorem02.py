from tests.bounds.teeth.tooth import NO_RIGHT_EMBEDDING, Case, Teeth, two_nodes

TEETH = {
    "optimum": Teeth(lambda: Case(two_nodes(0.1)), None),
    "excess-loss": Teeth(lambda: Case(two_nodes(0.1)), NO_RIGHT_EMBEDDING),
}
