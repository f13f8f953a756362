"""Training scripts for a notebook, torchrun and mpiexec alike."""
