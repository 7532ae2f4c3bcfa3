"""The figures: each a module that draws tables on disk and says in words what is to be seen."""
