"""What the records layer costs, and what it survives."""
