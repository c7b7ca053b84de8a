"""COMPILED STEPS OF ONE COMPARISON.

In come packed columns, settings and scratch arrays; out go numbers in the scratch arrays. Each step is one module with
a plain-Python twin in the tests. They must not know templates, calibration or Python objects.
"""
