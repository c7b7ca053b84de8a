"""WHO IS ENROLLED TWICE: all prints against each other, and records that contradict themselves."""
