"""Colours of all pictures, after Wong: safe for colour-blind readers. Markers and dashes differ too."""

BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY_BLUE = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"
ROSE, WINE, MAGENTA, OLIVE, TEAL = "#CC6677", "#882255", "#AA4499", "#999933", "#44AA99"  # after Tol
INDIGO, BROWN, YELLOW = "#332288", "#661100", "#CCBB44"
INK, NEUTRAL, GRID, VACUOUS = "#333333", "#666666", "#E6E6E6", "#EEEEEE"  # greys, darkest first

MEASURED, BOUND = BLUE, VERMILION
CAPTION, AUGMENTATION = GREEN, SKY_BLUE
