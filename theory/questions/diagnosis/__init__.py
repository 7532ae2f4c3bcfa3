"""What is wrong with an encoder of images and texts: one function for each symptom."""
