"""Reads a Dockerfile and carries it out with chroot, as far as this project's Dockerfile needs it.

`parse` turns the text into stages; `Stage.build` executes one in a folder that already holds its base image. What
describes the finished image (ENV, USER, ENTRYPOINT, CMD, HEALTHCHECK) is left in the stage's fields.
"""
import dataclasses
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
DESCRIPTIVE = {"EXPOSE", "STOPSIGNAL", "LABEL"}


class DockerfileError(Exception):
    """A step that is not understood, or that failed."""


@dataclasses.dataclass
class Stage:
    base: str
    name: str
    steps: list = dataclasses.field(default_factory=list)  # (instruction, the rest of its line)
    environment: dict = dataclasses.field(default_factory=lambda: {"PATH": DEFAULT_PATH})
    folder: str = "/"
    user: str = "0"
    entrypoint: list = dataclasses.field(default_factory=list)
    command: list = dataclasses.field(default_factory=list)
    healthcheck: list = dataclasses.field(default_factory=list)

    def build(self, root, context, roots):
        """Executes the steps in `root`; `context` is the folder that COPY reads, `roots` the folders of earlier stages."""
        for instruction, rest in self.steps:
            print(f"-- {instruction} {rest}", flush=True)
            self._execute(instruction, rest, root, context, roots)

    def _execute(self, instruction, rest, root, context, roots):
        if instruction == "RUN":
            self.run(root, ["/bin/sh", "-c", rest])
        elif instruction == "COPY":
            _copy(shlex.split(rest), self.folder, root, context, roots)
        elif instruction == "WORKDIR":
            self.folder = os.path.join(self.folder, rest)
            _inside(root, self.folder).mkdir(parents=True, exist_ok=True)
        elif instruction == "ENV":
            self.environment.update(word.split("=", 1) for word in shlex.split(rest))
        elif instruction == "USER":
            self.user = rest
        elif instruction == "ENTRYPOINT":
            self.entrypoint = json.loads(rest)
        elif instruction == "CMD":
            self.command = json.loads(rest)
        elif instruction == "HEALTHCHECK":
            self.healthcheck = json.loads(rest[rest.index("CMD") + len("CMD") :])
        elif instruction not in DESCRIPTIVE:
            raise DockerfileError(f"unknown instruction {instruction}")

    def arguments(self, root, command, environment=None):
        """What to execute on this machine so that `command` runs in the image in `root`, as its user, with its variables."""
        variables = {**self.environment, **(environment or {})}
        words = [f"{name}={value}" for name, value in variables.items()]
        inner = ["sh", "-c", 'cd "$0" && exec "$@"', self.folder, *command]
        return ["chroot", f"--userspec={self.user}:{self.user}", str(root), "/usr/bin/env", "-i", *words, *inner]

    def run(self, root, command):
        result = subprocess.run(self.arguments(root, command), stdin=subprocess.DEVNULL, check=False)
        if result.returncode != 0:
            raise DockerfileError(f"exit status {result.returncode} of: {' '.join(command)}")


def parse(text):
    """The stages of a Dockerfile, in order. Comments, also inside a continued instruction, are dropped."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    stages = []
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        if not line.strip():
            continue
        instruction, _, rest = line.strip().partition(" ")
        rest = rest.strip()
        if instruction == "FROM":
            base, *alias = rest.split()
            stages.append(Stage(base=base, name=alias[1] if alias else str(len(stages))))
        elif not stages:
            raise DockerfileError(f"{instruction} before FROM")
        else:
            stages[-1].steps.append((instruction, rest))
    return stages


def _inside(root, path):
    return pathlib.Path(root) / path.lstrip("/")


def _copy(words, folder, root, context, roots):
    source_root = context
    if words[0].startswith("--from="):
        source_root = roots[words.pop(0).removeprefix("--from=")]
    *sources, target = words
    to_folder = target.endswith("/") or len(sources) > 1
    destination = _inside(root, os.path.join(folder, target))
    for source in sources:
        path = _inside(source_root, source)
        if path.is_dir():
            shutil.copytree(path, destination, dirs_exist_ok=True)
        elif path.is_file():
            place = destination / path.name if to_folder or destination.is_dir() else destination
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, place)
        else:
            raise DockerfileError(f"COPY {source}: no such file or folder in the build context")
