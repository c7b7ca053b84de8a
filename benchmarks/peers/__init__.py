"""OUR ENGINE BESIDE OTHERS: the same images, the same pairs, one run.

In come folders of images; out goes one table. Each peer is installed from its package index into an environment of its
own and runs in a process of its own, so that none is a dependency of this project and none can disturb another. What a
peer hands back is a score file, from which the error rates are computed as for every other engine. This package must
not know how a peer works inside: it calls what the peer's users call.
"""
