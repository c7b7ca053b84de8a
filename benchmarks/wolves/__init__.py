"""TEMPLATES THAT RESEMBLE MANY FINGERS.

How far can they be made, and what do scores say of them?

A *wolf* is a template made so that many strangers accept it. Fragments of prints, random search and hill climbing make
them against one half of the fingers; the other half, and sets that played no part, judge.

    python -m benchmarks.wolves --minutes 10
"""
