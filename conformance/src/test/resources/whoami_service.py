"""A service that asks the hub who its visitors are, as services of JupyterHub do."""

import os
from urllib.parse import urlparse

from jupyterhub.services.auth import HubOAuthCallbackHandler, HubOAuthenticated
from tornado.ioloop import IOLoop
from tornado.web import Application, RequestHandler, authenticated


class WhoAmI(HubOAuthenticated, RequestHandler):
    @authenticated
    def get(self):
        user = self.get_current_user()
        self.write({"name": user["name"], "kind": user["kind"], "scopes": user["scopes"]})


prefix = os.environ["JUPYTERHUB_SERVICE_PREFIX"]
url = urlparse(os.environ["JUPYTERHUB_SERVICE_URL"])
Application(
    [(prefix + "oauth_callback", HubOAuthCallbackHandler), (prefix, WhoAmI)],
    cookie_secret=os.urandom(32),
).listen(url.port, url.hostname)
IOLoop.current().start()
