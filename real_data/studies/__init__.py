"""Studies of real images and captions: each module measures tables, and is discovered by its name."""
