"""回头看: what an earlier plan left open, and what others found, taken into the plan of the new year."""
