import gc
import itertools
from weakref import ref

import numpy as np

from pairbounds import check_bounds, class_second_eigenvalues, spectrum
from pairbounds.infrastructure.arrays import once
from pairbounds.theory.quantities.consistency import class_cuts, label_coordinates
from tests.families import family_graph


class Subject:
    pass


def test_a_remembered_value_belongs_to_its_subjects_in_their_order():
    computed = []
    fact = once(lambda *subjects: computed.append(subjects) or len(computed))
    first, other = Subject(), Subject()
    questions = list(itertools.product((first, other), repeat=3))
    assert [fact(*subjects) for subjects in 2 * questions] == 2 * list(range(1, 9))
    assert computed == questions


def test_remembered_arrays_are_read_only():
    graph = family_graph("latent_captions", 0, 12)
    arrays = class_cuts(graph), label_coordinates(graph, spectrum(graph, 3)), class_second_eigenvalues(graph)
    assert not any(array.flags.writeable for array in (*arrays, *graph.components))


def test_graphs_and_spectra_are_freed_after_their_bounds():
    graph = family_graph("latent_captions", 0, 12)
    triplets = spectrum(graph, 5)
    check_bounds(graph, [1, 4], triplets=triplets)
    check_bounds(graph, 4, tuple(np.ones((size, 4)) for size in graph.shape), triplets=triplets)
    subjects = ref(graph), ref(triplets)
    del graph, triplets
    gc.collect()
    assert [subject() for subject in subjects] == [None, None]
