"""An emulated GPU: runs CUDA C on the processor, in a process of its own."""
