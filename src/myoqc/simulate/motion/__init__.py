"""What moves between the images, and where to: the breath, a heart in another phase, and what only looks like it."""
