"""Bundles between agencies: how they bear alterations, and what two agencies do in a second and survive."""
