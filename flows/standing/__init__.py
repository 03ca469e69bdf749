"""What stands where: lights, figures, notices, and the snapshot that every document is printed from."""
