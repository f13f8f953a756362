"""CUDA C kernels on two machines: an emulated GPU that explains, and a real one."""
