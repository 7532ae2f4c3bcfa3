"""Studies of real images and captions: each module here measures tables, and is found by its name."""
