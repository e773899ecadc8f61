# Commands of a job in a container, to be sourced:
#
#   enter_container     reads CULTURE_RAY_RUNNER and sets what runs commands in it:
#                       CULTURE_RAY_RUNNER (a prefix, on the nodes), step_options (of srun), and
#                       driver_runner and driver_signal (of the first node's sweep)
#
# CULTURE_RAY_RUNNER is one of
#
#   apptainer exec --nv IMAGE         also singularity; sees its folders through APPTAINER_BINDPATH
#   podman-hpc run --rm --gpu IMAGE   also podman and docker
#   --container-image=IMAGE           enroot through pyxis: options of srun

step_options=() driver_runner= driver_signal=TERM

enter_container() {
    local words word mounts=
    read -ra words <<<"${CULTURE_RAY_RUNNER:-}"
    [ ${#words[@]} -gt 0 ] || return 0
    export CULTURE_RAY_SCRATCH=${CULTURE_RAY_SCRATCH:-${SLURM_TMPDIR:-/tmp}}
    mkdir -p "$CULTURE_RAY_SCRATCH" || return 1
    case ${words[0]} in --*) word=pyxis ;; *) word=${words[0]##*/} ;; esac
    case $word in
        pyxis)
            _find_folders
            for word in "${words[@]}"; do
                case $word in
                    --container-mounts=*) mounts=${word#*=} ;;
                    *) step_options+=("$word") ;;
                esac
            done
            for word in "${folders[@]}"; do mounts=$mounts,$word:$word; done
            step_options+=("--container-mounts=${mounts#,}" "--container-workdir=$PWD")
            export CULTURE_RAY_RUNNER=
            # The sweep is a step as well. Told to TERM, srun would kill it at once; USR2 it passes on.
            driver_signal=USR2
            driver_runner="srun --export=ALL --overlap --nodes=1 --ntasks=1 --mem=0 --nodelist=$(_first_node) ${step_options[*]}"
            [ -z "${SLURM_HET_SIZE:-}" ] || driver_runner+=" --het-group=0"
            driver_runner+=" --cpus-per-task=$(_fewest "${SLURM_JOB_CPUS_PER_NODE:-${SLURM_JOB_CPUS_PER_NODE_HET_GROUP_0:-1}}")"
            return
            ;;
        podman | podman-hpc | docker)
            _find_folders
            for word in "${folders[@]}"; do mounts+=" --volume=$word:$word"; done
            CULTURE_RAY_RUNNER=
            for word in "${words[@]}"; do
                CULTURE_RAY_RUNNER+="$word "
                # One network, memory and list of processes for all: Ray's parts find each other there.
                [ "$word" != run ] || CULTURE_RAY_RUNNER+="--network=host --ipc=host --pid=host --env-host --workdir=$PWD$mounts "
            done
            export CULTURE_RAY_RUNNER
            ;;
        *)
            # Of itself Apptainer shows the home directory, /tmp and the current folder unless a link
            # leads there. It complains about what is there twice.
            _find_folders "$HOME" /tmp /var/tmp "${APPTAINER_BINDPATH:-${SINGULARITY_BINDPATH:-}}"
            mounts=$(IFS=, && echo "${APPTAINER_BINDPATH:-${SINGULARITY_BINDPATH:-}},${folders[*]-}")
            mounts=${mounts#,}
            export APPTAINER_BINDPATH=${mounts%,} SINGULARITY_BINDPATH=${mounts%,}
            ;;
    esac
    driver_runner=$CULTURE_RAY_RUNNER
}

# _find_folders SEEN...: sets `folders` to those that commands have to see, each there and in no other.
# /tmp itself is seen, but what a link or another disk puts below it may not be.
_find_folders() {
    local all folder there seen=("$@")
    folders=()
    IFS=, read -ra all <<<"$PWD,${CULTURE_RAY_BIND:-},$CULTURE_RAY_FOLDER,$CULTURE_RAY_SCRATCH,$CULTURE_RAY_SLURM,${HF_HOME:-${HOME:-}/.cache/huggingface},${CULTURE_RAY_CONF:-}"
    for folder in "${all[@]}"; do
        for there in ${seen[@]+"${seen[@]}"}; do
            case $there in
                /tmp | /var/tmp) [ "$folder" != "$there" ] || continue 2 ;;
                '') ;;
                *) [[ $folder/ != "$there"/* ]] || continue 2 ;;
            esac
        done
        if [ -d "$folder" ]; then seen+=("$folder") && folders+=("$folder"); fi
    done
}

# _fewest CPUS: the smallest number in Slurm's list of CPUs per node, such as 32(x2),24.
_fewest() { sed 's/([^)]*)//g' <<<"$1" | tr , '\n' | sort -n | head -n 1; }

_first_node() { scontrol show hostnames "${SLURM_JOB_NODELIST:-$SLURM_JOB_NODELIST_HET_GROUP_0}" | head -n 1; }
