# What a job was given of this node, to be sourced:
#
#   node_memory     prints the bytes of memory that the job may use here
#   node_gpus       prints the number of GPUs that the job may use here
#   name_gpus       renames the variable with AMD GPUs to the one that Ray and PyTorch read

# The least of what Slurm gave (CULTURE_RAY_MEMORY_MIB; none for all of the node), of the limits of the
# control groups, which Ray looks for at the top of the tree only, and of what the machine has.
node_memory() {
    local least word size rest limit controllers path
    while read -r word size rest; do
        [ "$word" = MemTotal: ] && least=$((size * 1024))
    done <"${1:-}/proc/meminfo"
    limit=${CULTURE_RAY_MEMORY_MIB:-0}
    [ "$limit" -gt 0 ] && [ $((limit * 1048576)) -lt "$least" ] && least=$((limit * 1048576))
    while IFS=: read -r rest controllers path; do
        case $controllers in
            '') limit=memory.max rest= ;;
            memory | memory,* | *,memory | *,memory,*) limit=memory.limit_in_bytes rest=/memory ;;
            *) continue ;;
        esac
        while :; do # a limit of any parent holds as well
            word=$(cat "${1:-}/sys/fs/cgroup$rest${path%/}/$limit" 2>/dev/null)
            # Version 1 says 9223372036854771712 for no limit, which is not less either.
            case $word in '' | *[!0-9]*) ;; *) [ "$word" -lt "$least" ] && least=$word ;; esac
            [ "${path:-/}" = / ] && break
            path=${path%/*}
        done
    done 2>/dev/null <"${1:-}/proc/self/cgroup"
    echo "$least"
}

# Slurm's number where it tells one. Where it does not know GPUs (no GRES), a node is its job's as a
# whole: CULTURE_RAY_GPUS=count says so, and the devices are counted.
node_gpus() {
    local given word
    case ${CULTURE_RAY_GPUS:-} in
        '' | count) ;;
        *) echo "$CULTURE_RAY_GPUS" && return ;;
    esac
    if [ -n "${SLURM_GPUS_ON_NODE:-}" ]; then echo "$SLURM_GPUS_ON_NODE" && return; fi
    for given in SLURM_STEP_GPUS SLURM_JOB_GPUS CUDA_VISIBLE_DEVICES HIP_VISIBLE_DEVICES ROCR_VISIBLE_DEVICES; do
        word=${!given:-}
        case $word in '' | NoDevFiles | -1) continue ;; esac
        word=${word//[^,]/}
        echo $((${#word} + 1)) && return
    done
    [ "${CULTURE_RAY_GPUS:-}" = count ] || { echo 0 && return; }
    word=$(nvidia-smi --list-gpus 2>/dev/null | grep -c '^GPU ')
    if [ "${word:-0}" = 0 ]; then
        # The kernel's list of AMD devices has CPUs as well, whose gpu_id is 0.
        word=$(cat /sys/class/kfd/kfd/topology/nodes/*/gpu_id 2>/dev/null | grep -cv '^0$')
    fi
    echo "${word:-0}"
}

# Slurm names AMD GPUs in ROCR_VISIBLE_DEVICES, at which Ray raises an error. Where it was not told the
# maker, it also sets the variables of the others; PyTorch refuses two that differ.
name_gpus() {
    is_amd_node || return 0
    if [ -n "${ROCR_VISIBLE_DEVICES:-}" ]; then
        export HIP_VISIBLE_DEVICES=$ROCR_VISIBLE_DEVICES
    elif [ -n "${CUDA_VISIBLE_DEVICES:-}" ] && [ -z "${HIP_VISIBLE_DEVICES:-}" ]; then
        export HIP_VISIBLE_DEVICES=$CUDA_VISIBLE_DEVICES
    fi
    unset ROCR_VISIBLE_DEVICES CUDA_VISIBLE_DEVICES GPU_DEVICE_ORDINAL ZE_AFFINITY_MASK
}

is_amd_node() {
    if [ -e /dev/nvidiactl ]; then return 1; fi
    [ -e /dev/kfd ] || { [ -n "${ROCR_VISIBLE_DEVICES:-}" ] && [ -z "${CUDA_VISIBLE_DEVICES:-}" ]; }
}
