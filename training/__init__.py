"""Training of the network of the learned extractor: synthetic prints in, an ONNX file out. See README.md."""

import benchmarks  # noqa: F401 - it chooses the kernel cache, which has to be done before numba is imported
