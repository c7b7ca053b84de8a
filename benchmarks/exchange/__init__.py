"""Exchange formats: what is lost, what damage does, how long it takes."""
