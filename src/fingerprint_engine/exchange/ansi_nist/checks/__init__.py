"""WHAT A TRANSACTION SAYS THAT CONTRADICTS ITSELF: found for reports, never a reason not to read a file."""
