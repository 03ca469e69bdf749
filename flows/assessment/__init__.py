"""Assessment: what each unit's year is worth by the office's own scheme, with every point traceable."""
