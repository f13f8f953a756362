"""The mathematics of convolution, in NumPy."""
