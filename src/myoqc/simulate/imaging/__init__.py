"""From magnetisation to images: coils, the main field, k-space as it is sampled, noise and artefacts."""
