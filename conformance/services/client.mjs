// Drives a server through @jupyterlab/services, the client that JupyterLab is built on.
//
//   BASE_URL=http://127.0.0.1:8888/ TOKEN=... NODE_MODULES=<folder with node_modules> node client.mjs
//
// Prints one line per check, `ok - name` or `not ok - name: reason`, and then `done`.
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.join(process.env.NODE_MODULES, 'client.cjs'));
const {
  ContentsManager, EventManager, KernelAPI, KernelManager, KernelSpecManager, ServerConnection, SessionAPI,
  SessionManager, SettingManager, TerminalManager, UserManager, WorkspaceManager
} = require('@jupyterlab/services');
require('@jupyterlab/coreutils').PageConfig.setOption('terminalsAvailable', 'true');

const baseUrl = process.env.BASE_URL;
const serverSettings = ServerConnection.makeSettings({
  baseUrl,
  wsUrl: baseUrl.replace(/^http/, 'ws'),
  appUrl: 'lab',
  token: process.env.TOKEN
});

// The user manager keeps an anonymous identity in the browser's storage.
const storage = new Map();
globalThis.window = {
  localStorage: { getItem: key => storage.get(key) ?? null, setItem: (key, value) => storage.set(key, value) }
};

const LIMIT_MS = 40_000;

function within(what, promise, limit = LIMIT_MS) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${limit / 1000} s: ${what}`)), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function check(name, body) {
  try {
    await within(name, body());
    console.log(`ok - ${name}`);
  } catch (error) {
    const reason = String(error?.message ?? error).replaceAll('\n', ' ');
    console.log(`not ok - ${name}: ${reason} ${error?.response?.status ?? ''}`.trimEnd());
  }
}

function same(actual, expected, what) {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) {
    throw new Error(`${what}: expected ${e}, got ${a}`);
  }
}

function that(condition, what) {
  if (!condition) {
    throw new Error(what);
  }
}

async function rejects(promise, status, what) {
  try {
    await promise;
  } catch (error) {
    same(error.response?.status, status, what);
    return error;
  }
  throw new Error(`${what}: expected status ${status}, and it succeeded`);
}

/** The first value of a Lumino signal that `accept` likes. */
function next(signal, accept, what) {
  let slot;
  return within(
    what,
    new Promise(resolve => {
      slot = (_, value) => {
        if (accept(value)) {
          resolve(value);
        }
      };
      signal.connect(slot);
    })
  ).finally(() => signal.disconnect(slot));
}

// ---- Contents

const contents = new ContentsManager({ serverSettings });

await check('contents: list the root', async () => {
  const root = await contents.get('');
  same([root.type, root.path, root.format], ['directory', '', 'json'], 'root');
});
await check('contents: create, save and get a notebook with its hash', async () => {
  const model = await contents.newUntitled({ type: 'notebook' });
  same(model.path, 'Untitled.ipynb', 'name');
  const cell = { id: 'a', cell_type: 'markdown', metadata: {}, source: 'Grüße' };
  await contents.save(model.path, {
    type: 'notebook',
    format: 'json',
    content: { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 }
  });
  const read = await contents.get(model.path, { type: 'notebook', content: true, hash: true });
  same(read.content.cells[0].source, 'Grüße', 'source');
  same(read.hash_algorithm, 'sha256', 'hash algorithm');
  that(/^[0-9a-f]{64}$/.test(read.hash), `hash is ${read.hash}`);
});
await check('contents: a second untitled file gets the next name', async () => {
  const names = [];
  for (let i = 0; i < 2; i++) {
    names.push((await contents.newUntitled({ type: 'file', ext: '.txt' })).path);
  }
  same(names, ['untitled.txt', 'untitled1.txt'], 'names');
});
await check('contents: text and base64 files', async () => {
  await contents.save('text.txt', { type: 'file', format: 'text', content: 'ä\n' });
  same((await contents.get('text.txt', { content: true })).content, 'ä\n', 'text');
  await contents.save('bytes.bin', { type: 'file', format: 'base64', content: 'AP+A' });
  const bytes = await contents.get('bytes.bin', { content: true, format: 'base64' });
  same(bytes.content.trim(), 'AP+A', 'bytes');
});
await check('contents: rename', async () => {
  const renamed = await contents.rename('text.txt', 'renamed.txt');
  same(renamed.path, 'renamed.txt', 'path');
  await rejects(contents.get('text.txt'), 404, 'old name');
});
await check('contents: rename onto a file that exists is refused', async () => {
  await rejects(contents.rename('renamed.txt', 'bytes.bin'), 409, 'rename');
});
await check('contents: folders and copy', async () => {
  const folder = await contents.newUntitled({ type: 'directory' });
  same(folder.type, 'directory', 'type');
  const copy = await contents.copy('renamed.txt', folder.path);
  same(copy.path, `${folder.path}/renamed.txt`, 'copy');
  const listed = await contents.get(folder.path, { content: true });
  same(listed.content.map(item => item.name), ['renamed.txt'], 'listing');
});
await check('contents: checkpoints', async () => {
  const checkpoint = await contents.createCheckpoint('renamed.txt');
  await contents.save('renamed.txt', { type: 'file', format: 'text', content: 'changed' });
  same((await contents.listCheckpoints('renamed.txt')).map(c => c.id), [checkpoint.id], 'list');
  await contents.restoreCheckpoint('renamed.txt', checkpoint.id);
  same((await contents.get('renamed.txt')).content, 'ä\n', 'restored');
  await contents.deleteCheckpoint('renamed.txt', checkpoint.id);
  same(await contents.listCheckpoints('renamed.txt'), [], 'list after delete');
});
await check('contents: upload in chunks', async () => {
  const parts = [Buffer.alloc(300_000, 1), Buffer.alloc(300_000, 2), Buffer.alloc(17, 3)];
  for (const [i, part] of parts.entries()) {
    const chunk = i === parts.length - 1 ? -1 : i + 1;
    await contents.save('upload.bin', { type: 'file', format: 'base64', content: part.toString('base64'), chunk });
  }
  const read = await contents.get('upload.bin', { content: true, format: 'base64' });
  that(Buffer.from(read.content, 'base64').equals(Buffer.concat(parts)), 'the bytes differ');
});
await check('contents: download address serves the file', async () => {
  const answer = await ServerConnection.makeRequest(await contents.getDownloadUrl('renamed.txt'), {}, serverSettings);
  same([answer.status, await answer.text()], [200, 'ä\n'], 'download');
});
await check('contents: delete', async () => {
  await contents.delete('renamed.txt');
  await rejects(contents.get('renamed.txt'), 404, 'deleted');
});

// ---- Kernels

const kernelspecs = new KernelSpecManager({ serverSettings });
const kernels = new KernelManager({ serverSettings });
let kernel;

await check('kernelspecs: the default is one of them', async () => {
  await kernelspecs.ready;
  that(kernelspecs.specs.kernelspecs[kernelspecs.specs.default], JSON.stringify(kernelspecs.specs));
  that(kernelspecs.specs.kernelspecs.python3, 'no python3');
});

function execute(code, onIOPub = () => {}, options = {}) {
  const future = kernel.requestExecute({ code, ...options });
  future.onIOPub = onIOPub;
  return within(code, future.done).then(reply => reply.content);
}

await check('kernels: start and connect', async () => {
  kernel = await kernels.startNew({ name: 'python3' });
  const info = await kernel.info;
  same([info.status, info.language_info.name], ['ok', 'python'], 'kernel info');
});
await check('kernels: execute with a stream and a result', async () => {
  const seen = [];
  const reply = await execute('print("out"); 6*7', ({ header, content }) => {
    if (header.msg_type === 'stream') {
      seen.push(content.text);
    } else if (header.msg_type === 'execute_result') {
      seen.push(content.data['text/plain']);
    }
  });
  same([reply.status, ...seen], ['ok', 'out\n', '42'], 'messages');
});
await check('kernels: an error has its name and traceback', async () => {
  const reply = await execute('1/0');
  same([reply.status, reply.ename], ['error', 'ZeroDivisionError'], 'reply');
});
await check('kernels: completion', async () => {
  const reply = await kernel.requestComplete({ code: 'prin', cursor_pos: 4 });
  that(reply.content.matches.some(match => match.startsWith('print')), JSON.stringify(reply.content.matches));
});
await check('kernels: interrupt a busy loop', async () => {
  let started;
  const running = new Promise(resolve => (started = resolve));
  const done = execute('print("go", flush=True)\nwhile True: pass', message => {
    if (message.header.msg_type === 'stream') {
      started();
    }
  });
  await running;
  await kernel.interrupt();
  same((await done).ename, 'KeyboardInterrupt', 'reply');
});
await check('kernels: answer a request for input', async () => {
  const seen = [];
  const future = kernel.requestExecute({ code: 'print(input("name? "))', allow_stdin: true });
  future.onStdin = message => {
    seen.push(message.content.prompt);
    kernel.sendInputReply({ status: 'ok', value: 'Ada' }, message.header);
  };
  future.onIOPub = ({ header, content }) => {
    if (header.msg_type === 'stream') {
      seen.push(content.text);
    }
  };
  await within('input', future.done);
  same(seen, ['name? ', 'Ada\n'], 'conversation');
});
await check('kernels: a comm carries binary buffers both ways', async () => {
  const reply = await execute(`
from comm import get_comm_manager
def _opened(comm, message):
    def _received(message):
        sizes = [len(b) for b in message["buffers"]]
        comm.send({"sizes": sizes}, buffers=[bytes(reversed(bytes(b))) for b in message["buffers"]])
    comm.on_msg(_received)
    comm.send({"hello": message["content"]["data"]})
get_comm_manager().register_target("conformance", _opened)`);
  same(reply.status, 'ok', 'register');
  const comm = kernel.createComm('conformance');
  const hello = new Promise(resolve => (comm.onMsg = resolve));
  comm.open({ from: 'client' });
  same((await within('comm_open', hello)).content.data, { hello: { from: 'client' } }, 'hello');
  const echo = new Promise(resolve => (comm.onMsg = resolve));
  comm.send({}, {}, [new Uint8Array([0, 255, 1]).buffer, new Uint8Array(100_000).fill(7).buffer]);
  const message = await within('comm_msg', echo);
  same(message.content.data.sizes, [3, 100_000], 'sizes');
  same(message.buffers.map(b => b.byteLength), [3, 100_000], 'sizes of the answer');
  const first = message.buffers[0];
  same([...new Uint8Array(first.buffer ?? first, first.byteOffset ?? 0, 3)], [1, 255, 0], 'bytes');
});
await check('kernels: a second client sees what the first one runs', async () => {
  const other = kernels.connectTo({ model: kernel.model });
  await other.info;
  const seen = next(
    other.anyMessage,
    ({ msg, direction }) => direction === 'recv' && msg.header.msg_type === 'stream' && msg.content.text === 'both\n',
    'the stream at the second client'
  );
  await execute('print("both")');
  await seen;
  other.dispose();
});
await check('kernels: restart forgets the variables', async () => {
  await execute('x = 1');
  await kernel.restart();
  same((await execute('x')).ename, 'NameError', 'reply');
});
await check('kernels: the list has it', async () => {
  const running = await KernelAPI.listRunning(serverSettings);
  that(running.some(model => model.id === kernel.id), JSON.stringify(running));
});
await check('kernels: shut down', async () => {
  await kernel.shutdown();
  same(await KernelAPI.listRunning(serverSettings), [], 'running');
});
await check('kernels: an unknown kernel is refused', async () => {
  await rejects(kernels.startNew({ name: 'no-such-kernel' }), 404, 'start');
});

// ---- Sessions

const sessions = new SessionManager({ serverSettings, kernelManager: kernels });
let session;

await check('sessions: create', async () => {
  session = await sessions.startNew({ path: 'Untitled.ipynb', name: 'Untitled.ipynb', type: 'notebook', kernel: { name: 'python3' } });
  await session.kernel.info;
  same([session.path, session.type], ['Untitled.ipynb', 'notebook'], 'session');
});
await check('sessions: the same path gives the same session', async () => {
  const again = await SessionAPI.startSession(
    { path: 'Untitled.ipynb', name: 'Untitled.ipynb', type: 'notebook', kernel: { name: 'python3' } },
    serverSettings
  );
  same([again.id, again.kernel.id], [session.id, session.kernel.id], 'ids');
});
await check('sessions: change the path', async () => {
  await session.setPath('moved.ipynb');
  same((await SessionAPI.getSessionModel(session.id, serverSettings)).path, 'moved.ipynb', 'path');
});
await check('sessions: change the kernel', async () => {
  const before = session.kernel.id;
  await session.changeKernel({ name: 'python3' });
  await session.kernel.info;
  that(session.kernel.id !== before, 'the kernel is the same');
  same((await KernelAPI.listRunning(serverSettings)).map(k => k.id), [session.kernel.id], 'running kernels');
});
await check('sessions: shut down ends its kernel', async () => {
  await session.shutdown();
  same(await SessionAPI.listRunning(serverSettings), [], 'sessions');
  same(await KernelAPI.listRunning(serverSettings), [], 'kernels');
});

// ---- Terminals

const terminals = new TerminalManager({ serverSettings });

await check('terminals: start, send, receive, shut down', async () => {
  const terminal = await terminals.startNew();
  let text = '';
  const answer = next(
    terminal.messageReceived,
    message => {
      text += message.type === 'stdout' ? message.content.join('') : '';
      return text.includes('answer=42');
    },
    'the answer of the shell'
  );
  terminal.send({ type: 'set_size', content: [24, 80, 480, 800] });
  terminal.send({ type: 'stdin', content: ['echo answer=$((6*7))\r'] });
  await answer;
  await terminal.shutdown();
  const listed = await ServerConnection.makeRequest(`${baseUrl}api/terminals`, {}, serverSettings);
  same(await listed.json(), [], 'running');
});

// ---- Settings and workspaces

const settings = new SettingManager({ serverSettings });
const THEMES = '@jupyterlab/apputils-extension:themes';

await check('settings: list', async () => {
  const all = await settings.list();
  that(all.values.length > 30, `${all.values.length} of them`);
  const ids = await settings.list('ids');
  same(ids.ids.toSorted(), all.ids.toSorted(), 'ids only');
});
await check('settings: save with comments and fetch', async () => {
  const raw = '{\n  // dark\n  "theme": "JupyterLab Dark"\n}';
  await settings.save(THEMES, raw);
  const plugin = await settings.fetch(THEMES);
  same(plugin.raw, raw, 'raw');
});
await check('settings: what the schema forbids is refused', async () => {
  await rejects(settings.save(THEMES, '{"theme": 1}'), 400, 'wrong type');
  await rejects(settings.save(THEMES, '{"theme": '), 400, 'not JSON');
  same(JSON.parse((await settings.fetch(THEMES)).raw.replace(/\/\/.*/, '')).theme, 'JupyterLab Dark', 'kept');
});
await check('settings: unknown plugin is not found', async () => {
  await rejects(settings.fetch('@nobody/nothing:plugin'), 404, 'fetch');
});

const workspaces = new WorkspaceManager({ serverSettings });

await check('workspaces: save, list, fetch, remove', async () => {
  const workspace = { data: { 'layout-restorer:data': { main: { dock: null } } }, metadata: { id: 'conf' } };
  await workspaces.save('conf', workspace);
  that((await workspaces.list()).ids.includes('conf'), 'not listed');
  const read = await workspaces.fetch('conf');
  same([read.metadata.id, read.data], ['conf', workspace.data], 'workspace');
  await workspaces.remove('conf');
  that(!(await workspaces.list()).ids.includes('conf'), 'listed after remove');
});

// ---- Events

const SAVED = 'https://events.jupyter.org/jupyter_server/contents_service/v1';
const events = new EventManager({ serverSettings });

await check('events: a subscriber sees that a file was saved', async () => {
  const socketOpen = () => events._socket?.readyState === 1;
  await within(
    'the subscription',
    (async () => {
      while (!socketOpen()) {
        await new Promise(resolve => setTimeout(resolve, 10));
      }
    })()
  );
  const seen = next(
    events.stream,
    event => event.schema_id === SAVED && event.action === 'save' && event.path === 'seen.txt',
    'the event of the save'
  );
  await contents.save('seen.txt', { type: 'file', format: 'text', content: '' });
  await seen;
});
await check('events: emit one, and see it', async () => {
  const seen = next(events.stream, event => event.path === 'emitted.txt', 'the emitted event');
  await events.emit({ schema_id: SAVED, version: '1', data: { action: 'get', path: 'emitted.txt' } });
  await seen;
});
await check('events: an unknown schema is refused', async () => {
  await rejects(events.emit({ schema_id: 'https://example.org/none', version: '1', data: {} }), 400, 'emit');
});

// ---- User

await check('user: identity and permissions', async () => {
  const user = new UserManager({ serverSettings });
  await user.ready;
  that(user.identity.username && user.identity.name && user.identity.initials !== undefined, JSON.stringify(user.identity));
  const answer = await ServerConnection.makeRequest(
    `${baseUrl}api/me?permissions=${encodeURIComponent('{"contents":["read","write"]}')}`,
    {},
    serverSettings
  );
  same((await answer.json()).permissions.contents, ['read', 'write'], 'permissions');
  user.dispose();
});
await check('user: without the token everything is refused', async () => {
  const stranger = ServerConnection.makeSettings({ ...serverSettings, token: 'wrong' });
  await rejects(new ContentsManager({ serverSettings: stranger }).get(''), 403, 'contents');
});

for (const manager of [contents, kernelspecs, sessions, kernels, terminals, events]) {
  manager.dispose();
}
console.log('done');
process.exit(0);
