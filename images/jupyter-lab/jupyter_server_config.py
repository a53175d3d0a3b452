# As in the docs of Jupyter Server; each has to be understood.
c.JupyterApp.config_file = ""
c.ServerApp.allow_origin = "*"
c.ServerApp.allow_root = True
c.ServerApp.disable_check_xsrf = False
c.ServerApp.ip = "0.0.0.0"
c.ServerApp.notebook_dir = "/opt/work"
c.ServerApp.password = "sha1:67c9e60bb8b6:9ffede0825894254b2e042ea597d771089e11aed"
c.ServerApp.password_required = False
c.ServerApp.port = 8888
c.ServerApp.token = "from-the-configuration"
