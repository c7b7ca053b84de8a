"""What is fitted to data: each module writes the numbers that the package ships."""
