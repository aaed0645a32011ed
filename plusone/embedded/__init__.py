"""PostgreSQL without a server: the wheel's programs, started, tended and stopped by us.

For demos, tests and one shop on one box; at large, DATABASE_URL names a server that somebody patches. One
cluster per data folder, in `data/postgres`. Whoever starts it first owns it, others adopt it; it ends with
its owner, even when that is killed with -9, and repairs itself at the next start.

Who may connect: only the operating-system user who runs it, proven by the kernel (peer authentication with a
name map), through a unix socket in a folder of mode 0700. There is no port and no password that could leak.
Roles: `plusone` owns the database, may make databases and roles, and obeys row-level security;
`plusone_backup` reads everything and writes nothing, for dumps. The superuser makes these two in single-user
mode and cannot connect at all.
"""

from plusone.embedded.cluster import Cluster, start
from plusone.embedded.dumps import dump
from plusone.embedded.errors import EmbeddedError
from plusone.embedded.places import socket_folder, url

__all__ = ["Cluster", "EmbeddedError", "dump", "socket_folder", "start", "url"]
