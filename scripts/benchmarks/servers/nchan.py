"""nchan, the fan-out of nginx: a channel at ``/sub``, published to at ``/pub``.

    PORT=5000 python nchan.py

Debian's package libnginx-mod-nchan has it. One worker, which serves subscribers and
the publisher.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_MODULE = "/usr/lib/nginx/modules/ngx_nchan_module.so"
_CONFIG = """
load_module {module};
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid {folder}/pid;
error_log {folder}/error.log crit;
events {{ worker_connections 20000; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  nchan_max_reserved_memory 256m;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    keepalive_requests 1000000000;
    location /pub {{
      nchan_publisher http;
      nchan_channel_id bench;
      nchan_message_buffer_length 100;
    }}
    location / {{
      nchan_subscriber eventsource;
      nchan_channel_id bench;
      nchan_subscriber_first_message newest;
    }}
  }}
}}
"""


def main() -> None:
    """Become nginx."""
    folder = tempfile.mkdtemp(prefix="nchan-")
    text = _CONFIG.format(module=_MODULE, folder=folder, port=os.environ["PORT"])
    path = Path(folder, "nginx.conf")
    path.write_text(text)
    os.execv("/usr/sbin/nginx", ["nginx", "-c", str(path), "-e", f"{folder}/error.log"])


main()
