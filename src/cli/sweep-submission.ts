/** Files that hand a planned sweep to a scheduler: Slurm, GNU parallel over ssh, Kubernetes. */

import { join } from "node:path";
import { packageFolder } from "./files.ts";

/** What is submitted, and from where. */
export interface Submission {
  /** Name of the experiment. */
  readonly name: string;
  /** Folder of the sweep, absolute; every machine sees it under this path. */
  readonly folder: string;
  readonly shards: number;
  /** Where the sweep was planned, absolute: files named in it are found from there. */
  readonly workingFolder: string;
}

/** Name and text of each file; those that begin with `#!` are scripts. */
export function submissionFiles(submission: Submission): ReadonlyMap<string, string> {
  return new Map([
    ["wisefuse", launcher(submission)],
    ["slurm-array.sh", slurmArray(submission)],
    ["slurm.sh", slurm(submission)],
    ["parallel.sh", parallel(submission)],
    ["kubernetes.yaml", kubernetes(submission)],
  ]);
}

function launcher({ workingFolder }: Submission): string {
  return `#!/bin/bash
# Starts the program that planned this sweep, where it was planned. Another way to start it goes here.
cd ${quoted(workingFolder)}
exec "\${NODE:-${process.execPath}}" ${quoted(join(packageFolder, "dist/src/cli/main.js"))} "$@"
`;
}

function slurmArray({ name, folder, shards }: Submission): string {
  return `#!/bin/bash
#SBATCH --job-name=${label(name)}
#SBATCH --array=1-${shards}
#SBATCH --cpus-per-task=1
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=${folder}/logs/%A_%a.log
# One shard a task. A task whose node fails is run again elsewhere and skips what it had finished.
exec ${quoted(join(folder, "wisefuse"))} sweep run ${quoted(folder)} \\
  --shard "$SLURM_ARRAY_TASK_ID/${shards}" --jobs "\${SLURM_CPUS_PER_TASK:-1}" --quiet
`;
}

function slurm({ name, folder }: Submission): string {
  return `#!/bin/bash
# Submits the shards, and the collection of their results after all have ended well. Arguments go to sbatch, such as
# --partition=long --time=4:00:00. Prints the numbers of both jobs. OUT says where the results go.
set -euo pipefail
folder=${quoted(folder)}
out=$(realpath -m "\${OUT:-$folder/results}")
mkdir -p "$folder/logs"
array=$(sbatch --parsable "$@" "$folder/slurm-array.sh")
collect=$(sbatch --parsable "$@" --job-name=${label(name)}-collect --dependency="afterok:$array" \\
  --kill-on-invalid-dep=yes --requeue --output="$folder/logs/collect.log" \\
  --wrap "$(printf '%q ' "$folder/wisefuse" sweep collect "$folder" -o "$out")")
echo "$array $collect"
`;
}

function parallel({ folder, shards }: Submission): string {
  return `#!/bin/bash
# Runs the shards on the machines of a file, one "user@host" a line (":" is this one), then collects. A shard that
# fails is tried three times; started again, this runs only what is missing. OUT says where the results go.
set -euo pipefail
folder=${quoted(folder)}
out=$(realpath -m "\${OUT:-$folder/results}")
hosts=(--sshlogin :)
if [ -n "\${1:-}" ]; then hosts=(--sshloginfile "$1"); fi
parallel --will-cite "\${hosts[@]}" --jobs 1 --retries 3 \\
  "$(printf '%q ' "$folder/wisefuse" sweep run "$folder") --quiet --shard {}/${shards}" ::: $(seq ${shards})
exec "$folder/wisefuse" sweep collect "$folder" -o "$out"
`;
}

// The folder of the sweep is on a volume that all pods mount.
function kubernetes({ name, shards }: Submission): string {
  const job = label(name);
  return `# One pod a shard. Needs Kubernetes 1.29, an image that has this version of wisefuse, and a volume claim that many
# pods may mount, with this folder as its top. Then, in one more pod: wisefuse sweep collect /sweep -o /sweep/results
apiVersion: batch/v1
kind: Job
metadata:
  name: ${job}
spec:
  completionMode: Indexed
  completions: ${shards}
  parallelism: ${shards}
  backoffLimitPerIndex: 3
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: shard
          image: wisefuse:latest
          command:
            - sh
            - -c
            - exec wisefuse sweep run /sweep --shard "$((JOB_COMPLETION_INDEX + 1))/${shards}" --jobs 1 --quiet
          resources:
            requests:
              cpu: "1"
              memory: 1Gi
          volumeMounts:
            - name: sweep
              mountPath: /sweep
      volumes:
        - name: sweep
          persistentVolumeClaim:
            claimName: wisefuse-sweep
`;
}

// As schedulers allow names: letters, digits and dashes, at most 63.
function label(name: string): string {
  const allowed = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return `wisefuse-${allowed}`.slice(0, 55).replace(/-+$/, "");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
