#!/usr/bin/env python3
"""Measures Lathe beside what a user would run instead: the same model, machine, threads and run, in turn.

  bench/compare.py                        all f32 peers, 3 rounds, 2 threads; prepares build/peers on first use
  bench/compare.py --precisions=f32,int8  more precisions
  bench/compare.py --repeats=0.1 --rounds=1   a quick look

Prints a table and writes it, with the figures as JSON, to --output. See bench/README.md for what is measured and how.
"""
import argparse
import dataclasses
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
LENGTHS = json.loads((HERE / "sst2_lengths.json").read_text())
BATCH = 32
PEERS = {
    "f32": ["onnxruntime_f32", "openvino_f32", "torch_f32"],
    "bf16": ["openvino_bf16"],
    "int8": ["onnxruntime_int8", "openvino_int8"],
}


@dataclasses.dataclass
class Work:
    """One row of the table: one shape, or a list of lengths in batches of BATCH."""
    name: str
    runs: int  # How often it is timed at --repeats=1; the median counts.
    shape: tuple = None
    lengths: list = None

    @property
    def texts(self):
        return self.shape[0] if self.shape else len(self.lengths)

    @property
    def is_latency(self):
        return self.texts == 1


WORKS = [
    Work("1 x 16", 60, shape=(1, 16)),
    Work("1 x 128", 20, shape=(1, 128)),
    Work("1 x 512", 6, shape=(1, 512)),
    Work("32 x 128", 5, shape=(32, 128)),
    Work("SST-2 lengths, arrival order", 3, lengths=LENGTHS),
    Work("SST-2 lengths, sorted", 3, lengths=sorted(LENGTHS)),
]


def fail(message):
    sys.exit(f"compare.py: {message}")


def pinned(threads):
    """Keeps a process and its threads on `threads` CPUs, so that no peer has more of the machine than another."""
    return lambda: os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def run(words, threads):
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    result = subprocess.run([str(word) for word in words], capture_output=True, text=True, env=environment,
                            stdin=subprocess.DEVNULL, preexec_fn=pinned(threads), check=False)
    if result.returncode != 0:
        fail(f"exit status {result.returncode} of {' '.join(map(str, words))[:200]}\n{result.stderr[-2000:]}")
    return json.loads(result.stdout.splitlines()[-1])


def add_vocabulary(model):
    """Makes the model's folder complete for Lathe, which loads no model without a tokenizer; ids are made without it."""
    vocabulary = model / "vocab.txt"
    if not vocabulary.exists():
        size = json.loads((model / "config.json").read_text())["vocab_size"]
        special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        vocabulary.write_text("\n".join(special + [f"word{i}" for i in range(len(special), size)]) + "\n")
        (model / "tokenizer_config.json").write_text('{"tokenizer_class": "DistilBertTokenizer", "do_lower_case": true}\n')


def prepare(folder):
    """The peers' environment and models; returns the Python of the environment."""
    python = folder / "env" / "bin" / "python"
    wanted, stamp = HERE / "requirements.txt", folder / "env" / "lathe-requirements.txt"
    if not stamp.exists() or stamp.read_text() != wanted.read_text():
        print(f"installing the peers in {folder}/env (about 2 GB)", flush=True)
        if not python.exists():
            venv.create(folder / "env", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", wanted], check=True)
        stamp.write_text(wanted.read_text())
    if not (folder / "distilbert" / "reference.npz").exists():
        print("making the peers' models", flush=True)
        subprocess.run([python, HERE / "make_peer_models.py", folder / "distilbert", HERE / "sst2_lengths.json"], check=True)
    add_vocabulary(folder / "distilbert")
    return python


def measure_peer(name, python, arguments):
    works = [{"name": work.name, "runs": int(work.runs * arguments.repeats), "shape": work.shape, "batch": BATCH,
              "lengths": work.lengths} for work in WORKS]
    works = [{key: value for key, value in work.items() if value is not None} for work in works]
    return run([python, HERE / "peer.py", name, f"--folder={arguments.dir / 'distilbert'}",
                f"--threads={arguments.threads}", f"--work={json.dumps(works)}"], arguments.threads)


def measure_lathe(precision, arguments):
    """One process per row of work, in the form that peer.py reports."""
    row = {"median_seconds": {}, "load_seconds": [], "peak_rss_bytes": 0}
    for work in WORKS:
        words = [arguments.lathe, "bench", f"--model={arguments.dir / 'distilbert'}", f"--precision={precision}",
                 f"--threads={arguments.threads}", f"--iterations={max(3, int(work.runs * arguments.repeats))}"]
        if work.shape:
            words.append(f"--shape={work.shape[0]}x{work.shape[1]}")
        else:
            lengths = arguments.dir / "lengths.json"
            lengths.write_text(json.dumps(work.lengths))
            words += [f"--lengths={lengths}", f"--batch={BATCH}"]
        line = run(words, arguments.threads)
        row["median_seconds"][work.name] = work.texts / line["sequences_per_second"]
        row["load_seconds"].append(line["load_seconds"] + line["compile_seconds"] + line["pack_seconds"])
        row["peak_rss_bytes"] = max(row["peak_rss_bytes"], line["peak_rss_bytes"])
    row["load_seconds"] = statistics.median(row["load_seconds"])
    return row


def measure(precisions, python, arguments):
    """Runner -> its rows, one per round. The order turns by one each round, so that none is always first."""
    runners = {}
    for precision in precisions:
        runners[f"lathe_{precision}"] = lambda precision=precision: measure_lathe(precision, arguments)
        for peer in PEERS[precision]:
            runners[peer] = lambda peer=peer: measure_peer(peer, python, arguments)
    rows = {name: [] for name in runners}
    names = list(runners)
    for turn in range(arguments.rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            print(f"round {turn + 1} of {arguments.rounds}: {name}", flush=True)
            rows[name].append(runners[name]())
    return rows


def median_of(rows, work):
    return statistics.median(row["median_seconds"][work.name] for row in rows)


def cell(seconds, work):
    return f"{seconds * 1e3:.2f} ms" if work.is_latency else f"{work.texts / seconds:.1f} /s"


def table(rows, precision):
    """A Markdown table: our figure, each peer's, and how many times faster ours is than the peer's."""
    ours, peers = f"lathe_{precision}", PEERS[precision]
    lines = [f"| {precision} | {ours} | " + " | ".join(f"{peer} | x" for peer in peers) + " |",
             "|---|" + "---|" * (1 + 2 * len(peers))]
    for work in WORKS:
        mine = median_of(rows[ours], work)
        cells = [cell(mine, work)]
        for peer in peers:
            theirs = median_of(rows[peer], work)
            cells += [cell(theirs, work), f"**{theirs / mine:.2f}**"]
        lines.append(f"| {work.name} | " + " | ".join(cells) + " |")
    for label, key, scale, unit in (("load", "load_seconds", 1, "s"), ("peak memory", "peak_rss_bytes", 2**-20, "MiB")):
        cells = []
        for runner in [ours, *peers]:
            value = statistics.median(row[key] for row in rows[runner]) * scale
            cells += [f"{value:.2f} {unit}" if unit == "s" else f"{value:.0f} {unit}", ""]
        lines.append(f"| {label} | " + " | ".join(cells[:1] + cells[2:]) + " |")
    return "\n".join(lines)


def machine(arguments):
    names = {line.partition(":")[2].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("model name")}
    revision = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    return {
        "cpu": " / ".join(sorted(names)),
        "cpus_available": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "threads": arguments.threads,
        "rounds": arguments.rounds,
        "date": datetime.date.today().isoformat(),
        "revision": revision.stdout.strip() or "unknown",
        "load_average_before": os.getloadavg()[0],
        "peers": [line for line in (HERE / "requirements.txt").read_text().splitlines() if "==" in line],
    }


def report(facts, rows, precisions):
    head = (f"{facts['cpu']}, {facts['threads']} threads, median of {facts['rounds']} rounds, {facts['date']}, revision "
            f"{facts['revision']}. A row is texts x tokens; x is how many times faster Lathe is than the peer before it.")
    return "\n\n".join([head, *(table(rows, precision) for precision in precisions)]) + "\n"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=pathlib.Path, default=ROOT / "build" / "peers", help="environment and models of the peers")
    parser.add_argument("--lathe", type=pathlib.Path, default=ROOT / "build" / "release" / "bin" / "lathe")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "build" / "compare", help="writes OUTPUT.md and OUTPUT.json")
    parser.add_argument("--precisions", default="f32", help="of f32, bf16, int8")
    parser.add_argument("--peers", default="", help="only these, of " + ", ".join(sum(PEERS.values(), [])))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repeats", type=float, default=1.0, help="scales how often each row is timed in a round")
    arguments = parser.parse_args()
    if not arguments.lathe.exists():
        fail(f"{arguments.lathe}: no such program; build it first: ninja -C build/release lathe")
    if arguments.threads > len(os.sched_getaffinity(0)):
        fail(f"--threads={arguments.threads}: this machine has {len(os.sched_getaffinity(0))} CPUs for us")
    return arguments


def select_peers(names):
    """Leaves only the named peers in PEERS, or all where none is named."""
    wanted = set(filter(None, names.split(",")))
    unknown = wanted - set(sum(PEERS.values(), []))
    if unknown:
        fail(f"--peers: got {', '.join(sorted(unknown))}, wanted some of {', '.join(sum(PEERS.values(), []))}")
    for precision, peers in PEERS.items():
        PEERS[precision] = [peer for peer in peers if not wanted or peer in wanted]


def main():
    arguments = parse_arguments()
    precisions = arguments.precisions.split(",")
    unknown = set(precisions) - set(PEERS)
    if unknown:
        fail(f"--precisions: got {', '.join(sorted(unknown))}, wanted some of {', '.join(PEERS)}")
    select_peers(arguments.peers)
    arguments.dir.mkdir(parents=True, exist_ok=True)
    python = prepare(arguments.dir)
    facts = machine(arguments)
    if facts["load_average_before"] > 0.5:
        print(f"warning: the machine is busy (load {facts['load_average_before']:.1f}); the figures will be noisy", file=sys.stderr)
    rows = measure(precisions, python, arguments)
    text = report(facts, rows, precisions)
    arguments.output.with_suffix(".md").write_text(text)
    arguments.output.with_suffix(".json").write_text(json.dumps({"machine": facts, "rows": rows}, indent=1) + "\n")
    print("\n" + text)


if __name__ == "__main__":
    main()
