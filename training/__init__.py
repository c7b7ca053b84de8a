"""Training of the network of the learned extractor: synthetic prints in, an ONNX file out. See README.md."""
