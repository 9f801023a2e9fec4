"""Which process of a server holds which connection: the kernel knows, the server need not say."""

from contextlib import suppress
from pathlib import Path

ESTABLISHED = "01"


def children(pid: int) -> list[int]:
    """The processes that this one started and that still live."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def worker_of(server: int, port: int, own_port: int) -> int | None:
    """The worker of the server (by process id, serving `port`) that holds the connection which
    leaves from our `own_port`; None when none holds it yet."""
    inode = _inodes(port).get(own_port)
    for pid in children(server):
        with suppress(OSError):
            for file in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):
                    if str(file.readlink()) == f"socket:[{inode}]":
                        return pid
    return None


def _inodes(port: int) -> dict[int, str]:
    """The server's ends of its open connections, by the other side's port."""
    found = {}
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        here, there = (int(words[at].rpartition(":")[2], 16) for at in (1, 2))
        if here == port and words[3] == ESTABLISHED:
            found[there] = words[9]
    return found
