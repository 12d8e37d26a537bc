"""What the second implementation is checked against."""
