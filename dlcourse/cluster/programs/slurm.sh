#!/bin/bash
# Two nodes with eight GPUs each; `sbatch slurm.sh` from a folder that all nodes see.
#SBATCH --job-name=all-reduce
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1 # one torchrun a node; it starts the node's ranks
#SBATCH --gpus-per-node=8
#SBATCH --cpus-per-task=64
#SBATCH --time=00:10:00
set -euo pipefail

# All ranks meet at the first node. The port must be free there: one for each job.
MASTER_ADDR=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
MASTER_PORT=$((10000 + SLURM_JOB_ID % 50000))
export OMP_NUM_THREADS=$((SLURM_CPUS_PER_TASK / 8))
# Where a node has several networks, name the one to use:
# export NCCL_SOCKET_IFNAME=ib0 GLOO_SOCKET_IFNAME=ib0

srun torchrun \
  --nnodes "$SLURM_NNODES" \
  --nproc-per-node 8 \
  --rdzv-backend c10d \
  --rdzv-endpoint "$MASTER_ADDR:$MASTER_PORT" \
  --rdzv-id "$SLURM_JOB_ID" \
  -m dlcourse.cluster.programs.all_reduce ring
