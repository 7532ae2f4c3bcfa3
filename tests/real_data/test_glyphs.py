"""Glyphs: their letters against Unicode's decompositions, and their drawings."""

import unicodedata

import numpy as np

from pairbounds.real_data.datasets.glyphs import FACES, characters, glyphs


def test_a_letter_is_the_character_without_its_marks():
    compared = 0
    for character in characters():
        plain = unicodedata.normalize("NFD", character.text)[0]
        if plain != character.text:
            name = unicodedata.name(plain).lower().partition(" with ")[0]  # a stroke is no mark that can be taken away
            script, case, _, *letter = name.split()
            assert (character.script, character.case) == (script, case)
            assert character.letter == " ".join([script, *letter])
            compared += 1
    assert compared > 600


def test_each_character_is_there_in_every_face_and_no_two_faces_draw_it_alike():
    dataset = glyphs(size=64)
    assert len(dataset) == len(FACES) * len(characters())
    assert np.bincount(dataset.labels).min() >= 6 * len(FACES)
    indices = [index for index, subject in enumerate(dataset.subjects) if subject == "017e"]
    drawings = [np.asarray(dataset.image(index)) for index in indices]
    assert len({drawing.tobytes() for drawing in drawings}) == len(FACES)
    assert dataset.captions[indices[0]] == ("latin", "small", "letter", "z", "with", "caron")
    assert dataset.label_names[dataset.labels[indices[0]]] == "latin z"


def test_no_drawing_is_cut():
    dataset = glyphs(size=48)
    for index in range(0, len(dataset), 37):  # faces in turn, since 37 and 12 have no common factor
        ink = 255 - np.asarray(dataset.image(index)).astype(int)
        inner = ink[1:-1, 1:-1]
        assert inner.sum() == ink.sum() > 0, dataset.ids[index]
