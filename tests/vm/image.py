"""Disk images of Debian with kacenv installed as docs/install.md says."""

import hashlib
import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from vm.manual import Block

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "vm"
"""Images and logs stay here from run to run."""
STICK = "media/usb/kacenv"
"""Where docs/install.md finds kacenv: a clone on a USB stick."""
_PACKAGES = (
    *("systemd", "systemd-sysv", "dbus", "kmod", "udev", "procps", "psmisc", "iproute2"),
    *("linux-image-amd64", "initramfs-tools", "python3", "ca-certificates", "alsa-utils"),
    *("util-linux", "util-linux-extra"),
)
_SIZE = "6G"
_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
"""Those that the host trusts, as its network may have some of its own."""
_ASOUND = """\
pcm.!default { type plug slave.pcm "hw:Loopback,0,0" }
ctl.!default { type hw card Loopback }
"""
_AGENT_UNIT = """\
[Unit]
Description=Runs what the host asks for
After=multi-user.target
[Service]
ExecStart=/usr/bin/python3 /usr/local/lib/vm-agent.py
Restart=always
WorkingDirectory=/root
Environment=HOME=/root
[Install]
WantedBy=multi-user.target
"""


@dataclass(frozen=True, slots=True)
class Image:
    """A bootable disk with its kernel, and the folder that holds them."""

    folder: Path

    @property
    def disk(self) -> Path:
        """Return the raw disk, which no machine writes to: each has an overlay of its own."""
        return self.folder / "disk.raw"

    @property
    def kernel(self) -> Path:
        """Return the kernel that Debian installed."""
        return self.folder / "vmlinuz"

    @property
    def initrd(self) -> Path:
        """Return the kernel's first file system."""
        return self.folder / "initrd.img"


def build(codename: str, steps: list[Block]) -> Image:
    """Build the image of a Debian release, or return the one kept from the same commit."""
    image = Image(KEPT / codename)
    made_from = image.folder / "made-from"
    wanted = f"{_commit()} {_digest(steps)}"
    if made_from.is_file() and made_from.read_text() == wanted:
        return image
    made_from.unlink(missing_ok=True)
    tree = image.folder / "tree"
    _unpack(_base(codename), tree)
    _furnish(tree)
    for step in steps:
        _type(tree, step)
    _pack(image, tree)
    shutil.rmtree(tree)
    made_from.write_text(wanted)
    return image


def _base(codename: str) -> Path:
    """Return an archive of the release as debootstrap makes it, kept by its list of packages."""
    digest = hashlib.sha256(" ".join(_PACKAGES).encode()).hexdigest()[:12]
    archive = KEPT / f"{codename}-{digest}.tar"
    if not archive.is_file():
        print(f"  downloading Debian {codename}, once", flush=True)
        tree = KEPT / f"{codename}.new"
        shutil.rmtree(tree, ignore_errors=True)
        KEPT.mkdir(parents=True, exist_ok=True)
        include = f"--include={','.join(_PACKAGES)}"
        _run("debootstrap", "--variant=minbase", include, codename, str(tree))
        part = archive.with_suffix(".part")
        _run("tar", "-C", str(tree), "-cf", str(part), ".")
        part.rename(archive)
        shutil.rmtree(tree)
    return archive


def _unpack(archive: Path, tree: Path) -> None:
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    _run("tar", "-C", str(tree), "-xpf", str(archive))


def _furnish(tree: Path) -> None:
    """Give the tree its sound cards, the host's agent, and the USB stick with kacenv."""
    (tree / "etc/asound.conf").write_text(_ASOUND)
    (tree / "etc/modules-load.d/vm.conf").write_text("snd-aloop\nsnd-virmidi\n")
    (tree / "etc/hostname").write_text("garden\n")
    shutil.copy(Path(__file__).with_name("agent.py"), tree / "usr/local/lib/vm-agent.py")
    (tree / "etc/systemd/system/vm-agent.service").write_text(_AGENT_UNIT)
    wants = tree / "etc/systemd/system/multi-user.target.wants"
    wants.mkdir(parents=True, exist_ok=True)
    (wants / "vm-agent.service").symlink_to("/etc/systemd/system/vm-agent.service")
    shutil.copy("/etc/resolv.conf", tree / "etc/resolv.conf")
    _run("git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(tree / STICK))


def _type(tree: Path, step: Block) -> None:
    """Type a block of the manual in the tree, with the host's processor and network."""
    print(f"  typing: {step.heading}", flush=True)
    inside = (
        f"mount -t proc proc {tree}/proc && mount --bind /dev {tree}/dev && "
        f"mount --bind {_CERTIFICATES} {tree}{_CERTIFICATES} && exec chroot {tree} "
        f"env HOME=/root PATH={os.environ['PATH']}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin "
        f"bash -ec {shlex.quote(step.script)}"
    )
    done = subprocess.run(
        ["unshare", "--mount", "bash", "-c", inside],
        input=step.answers,
        capture_output=True,
        text=True,
        check=False,
    )
    log = KEPT / f"{tree.parent.name}-image.log"
    with log.open("a") as book:
        book.write(f"$ {step.script}\n{done.stdout}{done.stderr}\n")
    if done.returncode:
        raise SystemExit(
            f"{step.heading}: docs/install.md's commands ended with {done.returncode}"
            f" (all of it: {log}):\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )


def _pack(image: Image, tree: Path) -> None:
    """Make a disk of the tree, and put kernel and first file system beside it."""
    for link, file in (("vmlinuz", image.kernel), ("initrd.img", image.initrd)):
        shutil.copy(tree / "boot" / (tree / link).readlink().name, file)
    image.disk.unlink(missing_ok=True)
    _run("mke2fs", "-q", "-t", "ext4", "-d", str(tree), str(image.disk), _SIZE)


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def _digest(steps: list[Block]) -> str:
    text = "\0".join(f"{step.script}\0{step.answers}" for step in steps)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{shlex.join(command)}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
