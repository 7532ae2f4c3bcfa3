from tests.bounds.teeth.tooth import NO_RIGHT_EMBEDDING, Case, Teeth, two_nodes

TEETH = {"factorisation": Teeth(lambda: Case(two_nodes(0.1)), NO_RIGHT_EMBEDDING)}
