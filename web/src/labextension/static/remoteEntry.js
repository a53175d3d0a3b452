// An extension of JupyterLab and Notebook, as webpack's module federation loads one. A page that was
// not there when a cell was run asks the server to tell it of that run from its beginning, and then
// shows what the kernel goes on to say, as the page that ran the cell does. A page that has lost its
// connection does so for its own runs.
(() => {
  'use strict';

  const MARK = 'orrery_replay';

  /** A run that this page has not asked the kernel for; an output area takes it for a future. */
  class Run {
    constructor(kernel, cell, execution, context) {
      this.kernel = kernel;
      this.cell = cell;
      this.context = context;
      this.msgId = execution.msg_id;
      this.isDisposed = false;
      this.onIOPub = () => {};
      this.onReply = () => {};
      this.onStdin = () => {};
      this.hooks = [];
      this.isOwn = false;
      this.hasBegun = false;
      this.isOver = false;
      this.count = null;
      this.done = new Promise((resolve, reject) => {
        this.resolve = resolve;
        this.reject = reject;
      });
      // Nobody has to listen.
      this.done.catch(() => {});
    }

    /** A message of the kernel, or of the server about this run. */
    heard(msg) {
      if (this.isDisposed) {
        return;
      }
      const wasDirty = this.context.model.dirty;
      if (msg.header.msg_type === MARK) {
        this.marked(msg.content);
      } else if (this.hasBegun) {
        this.told(msg);
      }
      // Whoever ran the cell saves what it puts out.
      if (!this.isOwn && !wasDirty) {
        this.context.model.dirty = false;
      }
    }

    marked(content) {
      if (content.execution_count !== null) {
        this.count = content.execution_count;
      }
      if (content.phase === 'begin') {
        this.isOwn = content.own;
        this.hasBegun = true;
        const area = this.cell.outputArea;
        area.reattachFuture(this);
        area.model.clear();
        this.cell.model.trusted = true;
        this.cell.model.executionState = 'running';
      } else if (!content.running) {
        this.end();
      }
    }

    told(msg) {
      if (msg.channel === 'stdin') {
        this.onStdin(msg);
        return;
      }
      if (msg.channel !== 'iopub') {
        this.onReply(msg);
        return;
      }
      if (msg.header.msg_type === 'execute_input') {
        this.count = msg.content.execution_count;
      }
      if (this.hooks.every((hook) => hook(msg) !== false)) {
        this.onIOPub(msg);
      }
      if (msg.header.msg_type === 'status' && msg.content.execution_state === 'idle') {
        this.end();
      }
    }

    end() {
      if (this.isOver) {
        return;
      }
      this.isOver = true;
      if (!this.cell.isDisposed) {
        this.cell.model.executionCount = this.count;
        this.cell.model.executionState = 'idle';
      }
      this.resolve({ content: { status: 'ok', execution_count: this.count } });
    }

    sendInputReply(content, parentHeader) {
      this.kernel.sendInputReply(content, parentHeader);
    }

    registerMessageHook(hook) {
      this.hooks.unshift(hook);
    }

    removeMessageHook(hook) {
      this.hooks = this.hooks.filter((one) => one !== hook);
    }

    dispose() {
      if (!this.isDisposed) {
        this.isDisposed = true;
        this.reject(new Error('The cell shows something else'));
      }
    }
  }

  /** A run that the page waits for itself: its output area is filled again from the beginning. */
  class Refresh {
    constructor(area) {
      this.area = area;
    }

    heard(msg) {
      if (msg.header.msg_type === MARK && msg.content.phase === 'begin') {
        this.area.model.clear();
        // What asks for input is no output.
        this.area.widgets.slice().forEach((widget) => widget.dispose());
      }
    }

    dispose() {}
  }

  /** The runs in one notebook that this page has not heard, or not all of. */
  class Follower {
    constructor(panel, kernel, services) {
      this.panel = panel;
      this.kernel = kernel;
      this.services = services;
      this.runs = new Map();
      this.asked = new Set();
      this.wasConnected = false;
      this.heard = (_, { msg, direction }) => this.message(msg, direction);
      this.changed = (_, status) => {
        if (status === 'connected') {
          this.connected();
        }
      };
      kernel.anyMessage.connect(this.heard);
      kernel.connectionStatusChanged.connect(this.changed);
      if (kernel.connectionStatus === 'connected') {
        this.connected();
      }
    }

    connected() {
      // Nobody knows what was on its way when a connection was lost.
      const isBack = this.wasConnected;
      this.wasConnected = true;
      this.look(isBack);
    }

    dispose() {
      this.kernel.anyMessage.disconnect(this.heard);
      this.kernel.connectionStatusChanged.disconnect(this.changed);
      this.runs.forEach((run) => run.dispose());
      this.runs.clear();
    }

    message(msg, direction) {
      const parent = msg.parent_header;
      if (direction !== 'recv' || !parent || !parent.msg_id) {
        return;
      }
      const run = this.runs.get(parent.msg_id);
      if (run) {
        run.heard(msg);
      } else if (
        msg.header.msg_type === 'execute_input' &&
        parent.session !== this.kernel.clientId &&
        !this.asked.has(parent.msg_id)
      ) {
        // Another page has just run a cell.
        this.look();
      }
    }

    async look(isBack = false) {
      try {
        const query = '?path=' + encodeURIComponent(this.panel.context.localPath);
        const executions = await this.request('executions' + query, 'GET');
        for (const execution of executions) {
          if (isBack || this.isNews(execution)) {
            this.asked.add(execution.msg_id);
            await this.follow(execution, query);
          }
        }
      } catch (error) {
        console.warn('What runs in ' + this.panel.context.path + ' is not known:', error.message);
      }
    }

    isNews(execution) {
      return execution.session !== this.kernel.clientId && !this.asked.has(execution.msg_id);
    }

    async follow(execution, query) {
      const cell = this.panel.content.widgets.find(
        (widget) => widget.model.id === execution.cell_id && widget.model.type === 'code',
      );
      if (!cell || (!execution.running && shows(cell, execution))) {
        return;
      }
      const before = this.runs.get(execution.msg_id);
      if (before) {
        before.dispose();
      }
      const area = cell.outputArea;
      const run = waits(area, execution)
        ? new Refresh(area)
        : new Run(this.kernel, cell, execution, this.panel.context);
      this.runs.set(execution.msg_id, run);
      try {
        await this.request(
          'executions/' +
            encodeURIComponent(execution.msg_id) +
            '/replay' +
            query +
            '&session_id=' +
            encodeURIComponent(this.kernel.clientId),
          'POST',
        );
      } catch (error) {
        // It was saved, or run anew, in the meantime.
        this.runs.delete(execution.msg_id);
        run.dispose();
      }
    }

    async request(path, method) {
      const { ServerConnection } = this.services;
      const settings = this.kernel.serverSettings;
      const response = await ServerConnection.makeRequest(
        settings.baseUrl + 'api/orrery/' + path,
        { method },
        settings,
      );
      if (!response.ok) {
        throw new ServerConnection.ResponseError(response);
      }
      return response.status === 204 ? null : response.json();
    }
  }

  /** Whether a cell of this page still waits for the end of a run. */
  function waits(area, execution) {
    const future = area.future;
    return Boolean(
      future && !future.isDisposed && future.msg && future.msg.header.msg_id === execution.msg_id,
    );
  }

  /** Whether a cell shows what a run that is over has put out. */
  function shows(cell, execution) {
    const outputs = cell.outputArea.model.toJSON();
    const text = outputs.reduce((sum, output) => {
      const lines = output.output_type === 'stream' ? output.text : '';
      return sum + (Array.isArray(lines) ? lines.join('') : lines).length;
    }, 0);
    return (
      outputs.length === execution.outputs &&
      text === execution.text_length &&
      cell.model.executionCount === execution.execution_count
    );
  }

  /** Has the notebook of a panel followed, through changes of its kernel. */
  async function follow(panel, services) {
    let follower = null;
    const begin = () => {
      if (follower) {
        follower.dispose();
      }
      const session = panel.sessionContext.session;
      const kernel = session && session.kernel;
      follower = kernel && !panel.isDisposed ? new Follower(panel, kernel, services) : null;
    };
    await panel.context.ready;
    await panel.sessionContext.ready;
    panel.sessionContext.kernelChanged.connect(begin);
    panel.disposed.connect(() => follower && follower.dispose());
    begin();
  }

  /** A module that the page shares with its extensions. */
  async function shared(scope, name) {
    const versions = Object.values(scope[name] || {});
    if (versions.length === 0) {
      throw new Error('This page shares no ' + name);
    }
    return (await versions[0].get())();
  }

  let scope = {};
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB['@orrery/lab'] = {
    init(given) {
      scope = given;
    },
    async get() {
      const [{ INotebookTracker }, services] = await Promise.all([
        shared(scope, '@jupyterlab/notebook'),
        shared(scope, '@jupyterlab/services'),
      ]);
      const plugin = {
        id: '@orrery/lab:executions',
        description: 'Shows what cells put out that another page has run.',
        autoStart: true,
        requires: [INotebookTracker],
        activate(_, tracker) {
          tracker.widgetAdded.connect((_, panel) => void follow(panel, services));
          tracker.forEach((panel) => void follow(panel, services));
        },
      };
      return () => ({ __esModule: true, default: plugin });
    },
  };
})();
