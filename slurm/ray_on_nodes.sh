# Ray over the nodes of a Slurm job, for sweep.sbatch to source after containers.sh:
#
#   ray_up FOLDER       starts it and sets ray_address; returns 1 with a sentence if it does not come
#   ray_head_ended      returns 0 if it had started, and its head has ended without being told to
#   ray_down [failed]   stops it and waits until it is gone; after a failure, nodes keep Ray's logs
#
# `ray symmetric-run` would be shorter, but waits for ever at the end and hides failures; `ray stop`
# would reach every Ray of the user on a node. So: a head and workers in the foreground of srun,
# stopped by their pids.

ray_up() {
    ray_folder=$1
    (cd "$ray_folder" && rm -f address candidates chosen absent ended failed steps)
    # The token keeps strangers on a shared cluster out. It lives in the environment alone.
    export RAY_AUTH_MODE=token RAY_AUTH_TOKEN
    RAY_AUTH_TOKEN=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
    export RAY_USAGE_STATS_ENABLED=0 RAY_worker_niceness=0 RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO=0
    # Ray's monitor would end replicas when the whole node's memory is low, whoever uses it. Slurm holds
    # the job to its own.
    export RAY_memory_monitor_refresh_ms=0
    # Of no use: Ray would start a worker per core, and a replica, with variables of its own, another.
    export RAY_prestart_worker_first_driver=0
    # Told to stop, a node's Ray would wait half a minute for work to leave it; the driver is done by then.
    export RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S=0
    if [ -z "${CULTURE_RAY_GPUS:-}" ] && ! _slurm_knows_gpus; then export CULTURE_RAY_GPUS=count; fi
    ray_srun_pids=() ray_nodes=()
    if [ -n "${SLURM_HET_SIZE:-}" ]; then # a head without GPUs beside workers with them
        local group job nodes cpus list
        for ((group = 0; group < SLURM_HET_SIZE; group++)); do
            list=SLURM_JOB_NODELIST_HET_GROUP_$group
            _add_nodes "${!list}"
        done
        for ((group = 0; group < SLURM_HET_SIZE; group++)); do
            job=SLURM_JOB_ID_HET_GROUP_$group nodes=SLURM_JOB_NUM_NODES_HET_GROUP_$group
            cpus=SLURM_JOB_CPUS_PER_NODE_HET_GROUP_$group
            _ray_step "$([ $group = 0 ] && echo head || echo worker)" "${!job}" "${!nodes}" \
                "$(_fewest "${!cpus}")" _HET_GROUP_$group --het-group=$group
        done
    else
        local head cpus
        _add_nodes "$SLURM_JOB_NODELIST"
        head=${ray_nodes[0]}
        cpus=$(_fewest "$SLURM_JOB_CPUS_PER_NODE")
        _ray_step head "$SLURM_JOB_ID" 1 "$cpus" "" --nodelist="$head"
        if [ "$SLURM_JOB_NUM_NODES" -gt 1 ]; then
            _ray_step worker "$SLURM_JOB_ID" $((SLURM_JOB_NUM_NODES - 1)) "$cpus" "" --exclude="$head"
        fi
    fi
    _ray_wait
}

# The head's own word is on the shared file system, where it may come late; its step ends a little later.
ray_head_ended() {
    ls "$ray_folder" >/dev/null # a network file system looks for new files when it lists
    [ -s "$ray_folder/address" ] || return 1
    [ ! -e "$ray_folder/ended" ] || return 0
    ! jobs -r -p | grep -qxF "${ray_srun_pids[0]}"
}

ray_down() {
    local pid step tenth
    [ "${1:-}" != failed ] || touch "$ray_folder/failed"
    # Not by ending srun: told to stop, it kills its step at once. Not by TERM, which Slurm reports as an
    # error in the log; ray_node.sh alone listens to URG.
    for step in $(sort -u "$ray_folder"/steps 2>/dev/null); do
        scancel --signal=URG "$step" 2>/dev/null
    done
    for ((tenth = 0; tenth < 250; tenth++)); do
        jobs -r -p | grep -qxF "$(printf '%s\n' ${ray_srun_pids[@]+"${ray_srun_pids[@]}"})" || return 0
        sleep 0.1
    done
    for pid in ${ray_srun_pids[@]+"${ray_srun_pids[@]}"}; do kill -KILL "$pid" 2>/dev/null; done
}

_add_nodes() { local node; for node in $(scontrol show hostnames "$1"); do ray_nodes+=("$node"); done; }

_slurm_knows_gpus() { scontrol show config 2>/dev/null | grep -Eq '^GresTypes .*\bgpu\b'; }

# _memory CPUS SUFFIX: MiB of memory per node that the job, or the part of it, requested; 0 for all.
_memory() {
    local node=SLURM_MEM_PER_NODE$2 cpu=SLURM_MEM_PER_CPU$2
    if [ -n "${!node:-}" ]; then echo "${!node}"; else echo $((${!cpu:-0} * $1)); fi
}

# _ray_step ROLE JOB NODES CPUS SUFFIX WHERE: one Ray per node, each with what the job was given of its
# node. SUFFIX is that of Slurm's variables of a part of a heterogeneous job.
_ray_step() {
    local role=$1 job=$2 nodes=$3 cpus=$4 where=$6
    # srun takes what sbatch was told for the whole job as meant for this step; a step that names
    # nothing has all GPUs of its nodes.
    local unset=(-u SLURM_GPUS -u SLURM_GPUS_PER_TASK -u SLURM_GPUS_PER_SOCKET -u SLURM_NTASKS_PER_GPU)
    unset+=(-u SLURM_TRES_PER_TASK -u SLURM_CPUS_PER_GPU -u SLURM_MEM_PER_GPU -u SLURM_MEM_PER_CPU)
    # --no-kill, --kill-on-bad-exit=0: a lost node takes neither the step nor the job with it.
    env "${unset[@]}" CULTURE_RAY_NODES="${#ray_nodes[@]}" CULTURE_RAY_MEMORY_MIB="$(_memory "$cpus" "$5")" \
        srun "$where" --export=ALL --nodes="$nodes" --ntasks="$nodes" --ntasks-per-node=1 --overlap --mem=0 \
        --cpus-per-task="$cpus" --no-kill --kill-on-bad-exit=0 --wait=0 \
        --unbuffered --output="$ray_folder/%N.$role.log" ${step_options[@]+"${step_options[@]}"} \
        bash "$CULTURE_RAY_SLURM/ray_node.sh" "$role" "$ray_folder" "$job" &
    ray_srun_pids+=($!)
}

# Waits for the head, then for every node.
_ray_wait() {
    local limit=${CULTURE_RAY_WAIT_S:-300} began=$SECONDS
    while [ $((SECONDS - began)) -lt "$limit" ]; do
        [ -s "$ray_folder/address" ] && break
        kill -0 "${ray_srun_pids[0]}" 2>/dev/null || break
        sleep 0.2
        ls "$ray_folder" >/dev/null # a network file system looks for new files when it lists
    done
    [ -s "$ray_folder/address" ] || {
        echo "sweep.sbatch: Ray's head did not start ($(head -n 1 "$ray_folder/absent" 2>/dev/null || echo "${ray_nodes[0]}")); its words are in $ray_folder/*.head.log, Ray's logs in ${CULTURE_RAY_LOGS:-$ray_folder/ray}" >&2
        return 1
    }
    ray_address=$(cat "$ray_folder/address")
    [ "${#ray_nodes[@]}" -gt 1 ] || return 0
    (run_in_job python "$CULTURE_RAY_SLURM/wait_for_nodes.py" "$ray_address" "${ray_nodes[*]}" \
        $((limit - SECONDS + began)) "$ray_folder")
}
