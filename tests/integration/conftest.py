"""The product runs patched by gevent, and so do these tests."""

from gevent import monkey

monkey.patch_all()
