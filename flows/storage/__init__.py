"""What the store keeps, as typed values; locks."""
