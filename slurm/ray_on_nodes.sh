# Ray over the nodes of a Slurm job, for sweep.sbatch to source:
#
#   ray_up FOLDER     starts it and sets ray_address; returns 1 with a sentence if it does not come
#   ray_down          stops it and waits until it is gone
#   ray_binds         says to Apptainer which folders commands in a container have to see
#
# `ray symmetric-run` would be shorter, but waits for ever at the end and hides failures; `ray stop`
# would reach every Ray of the user on a node. So: a head and workers in the foreground of srun,
# stopped by their pids.

ray_up() {
    ray_folder=$1
    rm -f "$ray_folder/address" "$ray_folder/steps"
    # The token keeps strangers on a shared cluster out. It lives in the environment alone.
    export RAY_AUTH_MODE=token RAY_AUTH_TOKEN
    RAY_AUTH_TOKEN=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
    export RAY_USAGE_STATS_ENABLED=0 RAY_worker_niceness=0 RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO=0
    # Told to stop, a node's Ray would wait half a minute for work to leave it; the driver is done by then.
    export RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S=0
    ray_srun_pids=() ray_expected=0
    if [ -n "${SLURM_HET_SIZE:-}" ]; then # a head without GPUs beside workers with them
        local group job nodes cpus
        for ((group = 0; group < SLURM_HET_SIZE; group++)); do
            job=SLURM_JOB_ID_HET_GROUP_$group nodes=SLURM_JOB_NUM_NODES_HET_GROUP_$group
            cpus=SLURM_JOB_CPUS_PER_NODE_HET_GROUP_$group
            _ray_step $([ $group = 0 ] && echo head || echo worker) "${!job}" "${!nodes}" \
                "$(_fewest "${!cpus}")" --het-group=$group
        done
    else
        local head cpus
        head=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
        cpus=$(_fewest "$SLURM_JOB_CPUS_PER_NODE")
        _ray_step head "$SLURM_JOB_ID" 1 "$cpus" --nodelist="$head"
        if [ "$SLURM_JOB_NUM_NODES" -gt 1 ]; then
            _ray_step worker "$SLURM_JOB_ID" $((SLURM_JOB_NUM_NODES - 1)) "$cpus" --exclude="$head"
        fi
    fi
    _ray_wait
}

ray_down() {
    local pid step second
    # Not by ending srun: told to stop, it kills its step at once.
    for step in $(sort -u "$ray_folder"/steps 2>/dev/null); do
        scancel --signal=TERM "$step" 2>/dev/null
    done
    for ((second = 0; second < 20; second++)); do
        jobs -r -p | grep -qxF "$(printf '%s\n' "${ray_srun_pids[@]:-}")" || return 0
        sleep 1
    done
    for pid in "${ray_srun_pids[@]}"; do kill -KILL "$pid" 2>/dev/null; done
}

# Of itself Apptainer shows the home directory, /tmp and the current folder unless a link leads there;
# results, models and the folder of Ray's sockets may lie elsewhere. It refuses what is not there, and
# complains about what is there twice.
ray_binds() {
    local folder folders there seen=("$HOME" "${APPTAINER_BINDPATH:-${SINGULARITY_BINDPATH:-}}")
    export CULTURE_RAY_SCRATCH=${CULTURE_RAY_SCRATCH:-${SLURM_TMPDIR:-/tmp}}
    mkdir -p "$CULTURE_RAY_SCRATCH" || return 1
    IFS=, read -ra folders <<<"$PWD,${CULTURE_RAY_BIND:-},$CULTURE_RAY_FOLDER,$CULTURE_RAY_SCRATCH,${HF_HOME:-},${CULTURE_RAY_CONF:-}"
    for folder in "${folders[@]}"; do
        case $folder in /tmp | /var/tmp) continue ;; esac
        for there in "${seen[@]}"; do [[ -n $there && $folder/ == "$there"/* ]] && continue 2; done
        [ -d "$folder" ] && seen+=("$folder")
    done
    there=$(IFS=, && echo "${seen[*]:1}")
    export APPTAINER_BINDPATH=${there#,} SINGULARITY_BINDPATH=${there#,}
}

# _fewest CPUS: the smallest number in Slurm's list of CPUs per node, such as 32(x2),24.
_fewest() { sed 's/([^)]*)//g' <<<"$1" | tr , '\n' | sort -n | head -n 1; }

# _ray_step ROLE JOB NODES CPUS WHERE: one Ray per node, each with what the job was given of its node.
_ray_step() {
    local role=$1 job=$2 nodes=$3 cpus=$4 where=$5
    ray_expected=$((ray_expected + nodes))
    # --no-kill, --kill-on-bad-exit=0: a lost node takes neither the step nor the job with it.
    srun "$where" --nodes="$nodes" --ntasks="$nodes" --ntasks-per-node=1 --overlap --mem=0 \
        --cpus-per-task="$cpus" --no-kill --kill-on-bad-exit=0 --wait=0 \
        --unbuffered --output="$ray_folder/%N.$role.log" \
        bash "$CULTURE_RAY_SLURM/ray_node.sh" "$role" "$ray_folder" "$job" &
    ray_srun_pids+=($!)
}

# Waits for the head, then for every node; goes on with those that came when time is up.
_ray_wait() {
    local limit=${CULTURE_RAY_WAIT_S:-300} second
    for ((second = 0; second < limit; second++)); do
        [ -s "$ray_folder/address" ] && break
        kill -0 "${ray_srun_pids[0]}" 2>/dev/null || break
        sleep 1
    done
    [ -s "$ray_folder/address" ] || { echo "sweep.sbatch: Ray's head did not start; its words are in $ray_folder/*.head.log" >&2; return 1; }
    ray_address=$(cat "$ray_folder/address")
    [ "$ray_expected" -gt 1 ] || return 0
    ${CULTURE_RAY_RUNNER:-} python - "$ray_address" "$ray_expected" "$((limit - second))" <<'PYTHON'
import sys
import time

import ray

address, expected, limit = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
ray.init(address=address, log_to_driver=False, logging_level="ERROR")
end = time.monotonic() + limit
while (there := sum(node["Alive"] for node in ray.nodes())) < expected and time.monotonic() < end:
    time.sleep(1)
if there < expected:
    print(f"sweep.sbatch: {there} of {expected} nodes joined in time; goes on with those, and takes "
          "others when they come", file=sys.stderr)
PYTHON
}
