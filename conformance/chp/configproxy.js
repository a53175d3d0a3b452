// The class that configurable-http-proxy's specs build, with `orrery proxy` behind it: this starts the program, asks it
// through its ports alone, and stops it. It stands where the specs look for the original, `lib/configproxy.js`.
import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import readline from "node:readline";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL("..", import.meta.url));
const PROGRAM = path.join(HERE, "bin/configurable-http-proxy");
const LIMIT = 10_000;

/** Options that are words of the command line with a value. */
const VALUES = {
  defaultTarget: "--default-target",
  errorTarget: "--error-target",
  errorPath: "--error-path",
  protocolRewrite: "--protocol-rewrite",
  timeout: "--timeout",
  proxyTimeout: "--proxy-timeout",
  keepAliveTimeout: "--keep-alive-timeout",
};

/** Options that are words of the command line when they have this value. */
const SWITCHES = {
  hostRouting: ["--host-routing", true],
  includePrefix: ["--no-include-prefix", false],
  prependPath: ["--no-prepend-path", false],
  xfwd: ["--no-x-forward", false],
  autoRewrite: ["--auto-rewrite", true],
  changeOrigin: ["--change-origin", true],
  secure: ["--insecure", false],
};

/** Options that reach the program in another way; its log is always that of level info, which tells its addresses. */
const OTHERS = ["authToken", "clientSsl", "enableMetrics", "log"];

/**
 * Where to listen, as the words of the command line that say so. What is not given stays the program's own choice, but
 * for the address: a test is for this machine alone.
 */
export function parseListenOptions(args) {
  const place = (name, { socket, port, ip }) => [
    ...(socket ? [`--${name}socket`, socket] : []),
    ...(port ? [`--${name}port`, String(port), `--${name}ip`, ip ?? "127.0.0.1"] : []),
  ];
  const tcp = args.socket ? {} : { port: args.port ?? 8000, ip: args.ip };
  return {
    ...tcp,
    proxyTarget: place("", { socket: args.socket, ...tcp }),
    apiTarget: place("api-", { socket: args.apiSocket, port: args.apiPort, ip: args.apiIp }),
    metricsTarget: place("metrics-", { socket: args.metricsSocket, port: args.metricsPort, ip: args.metricsIp }),
  };
}

/** A running `orrery proxy`. */
class Program {
  static running = new Set();
  /** What the programs of the current spec printed. */
  static printed = [];

  static async start(words, token) {
    const program = new Program(words, token);
    await program.listening();
    return program;
  }

  constructor(words, token) {
    this.words = words;
    Program.printed.push(`orrery proxy ${words.join(" ")}`);
    this.process = spawn(PROGRAM, words, {
      env: { ...process.env, CONFIGPROXY_AUTH_TOKEN: token ?? "" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.ended = once(this.process, "exit");
    this.lines = new EventEmitter();
    Program.running.add(this);
    this.ended.then(() => Program.running.delete(this));
    for (const stream of [this.process.stdout, this.process.stderr]) {
      readline.createInterface({ input: stream }).on("line", (line) => {
        Program.printed.push(line);
        this.lines.emit("line", line);
      });
    }
  }

  /** Waits for the lines that say where it listens. */
  listening() {
    return new Promise((resolve, reject) => {
      const failed = (why) => {
        clearTimeout(timer);
        reject(new Error(`orrery proxy ${why}`));
      };
      const timer = setTimeout(() => failed("did not begin to listen"), LIMIT);
      this.ended.then(([code]) => failed(`ended with ${code}`));
      this.lines.on("line", (line) => {
        this.publicPlace ??= place(/ Proxying https?:\/\/(.*) to /.exec(line));
        this.apiPlace ??= place(/ Proxy API at https?:\/\/(.*)\/api\/routes/.exec(line));
        if (this.publicPlace && this.apiPlace) {
          clearTimeout(timer);
          resolve();
        }
      });
    });
  }

  /** Asks it to end, which it has to do with the status of one that was asked. */
  async stop() {
    const timer = setTimeout(() => this.process.kill("SIGKILL"), LIMIT / 2);
    this.process.kill("SIGTERM");
    const [code, signal] = await this.ended;
    clearTimeout(timer);
    if (code !== 2) {
      throw new Error(`orrery proxy ended with ${code ?? signal}, not with 2, when it was asked to end`);
    }
  }
}

process.on("exit", () => Program.running.forEach((program) => program.process.kill("SIGKILL")));

/** Ends what a spec left behind, and gives what its programs printed. */
export async function afterSpec() {
  const left = [...Program.running];
  left.forEach((program) => program.process.kill("SIGKILL"));
  await Promise.all(left.map((program) => program.ended));
  return Program.printed.splice(0);
}

/** The place of an address in the log, as http.request takes it. */
function place(match) {
  if (!match) return undefined;
  if (match[1].startsWith("/")) return { socketPath: match[1] };
  const { hostname, port } = new URL(`http://${match[1]}`);
  return { host: hostname, port };
}

async function ask(where, method, url, headers, body) {
  const request = http.request({ ...where, method, path: url, headers, agent: false, timeout: LIMIT });
  request.on("timeout", () => request.destroy(new Error(`${method} ${url} was not answered`)));
  request.end(body);
  const [response] = await once(request, "response");
  const chunks = await response.toArray();
  return { status: response.statusCode, body: Buffer.concat(chunks).toString() };
}

/** What the specs take for one of the three servers of a proxy. */
class Port extends EventEmitter {
  words = [];

  constructor(proxy) {
    super();
    this.proxy = proxy;
  }

  listen(...words) {
    this.words = words;
    this.proxy.run().then(
      () => this.emit("listening"),
      (error) => this.emit("error", error)
    );
  }

  close(closed) {
    this.proxy.stop().then(closed, (error) => this.emit("error", error));
  }

  /** The end of the program is that of its connections. */
  closeAllConnections() {}
}

/**
 * A proxy as the specs use it. Its options may be changed at any time: they are those of the command line, so that the
 * next thing that is asked of it is asked of a new program, which gets the routes of the one before.
 */
export class ConfigurableProxy {
  #program;
  #turn = Promise.resolve();

  /** Routes that were added before there was a program to have them. */
  #early = new Map();

  /** Activity that a spec said a route had: it counts until the program tells another one than it did then. */
  #said = new Map();

  proxyServer = new Port(this);
  apiServer = new Port(this);
  metricsServer = new Port(this);

  constructor(options) {
    const known = [...Object.keys(VALUES), ...Object.keys(SWITCHES), ...OTHERS];
    const unknown = Object.keys(options).filter((name) => !known.includes(name));
    if (unknown.length > 0) throw new Error(`The adapter has no words for these options: ${unknown.join(", ")}`);
    Object.assign(this, options);
    // Where the original keeps what it hands to the library that it forwards with.
    this.proxy = { options: { ...options } };
  }

  get _routes() {
    return {
      get: (route) => this.#inTurn(() => this.#route(route)),
      update: (route, { last_activity }) => this.#inTurn(() => this.#say(route, last_activity)),
    };
  }

  addRoute(route, data) {
    return this.#inTurn(async () => {
      if (!this.#isWanted()) {
        this.#early.set(route, data);
      } else {
        await this.#current();
        await this.#put(route, data);
      }
    });
  }

  removeRoute(route) {
    return this.#inTurn(async () => {
      await this.#current();
      await this.#api("DELETE", route);
    });
  }

  /**
   * Which route the program chooses: for a moment every route leads to a server of ours, and the one that is asked is
   * the answer.
   */
  targetForReq({ url, headers }) {
    return this.#inTurn(async () => {
      await this.#current();
      const routes = Object.entries(await this.#routes());
      const probes = [];
      try {
        for (const [prefix, { target }] of routes) {
          const probe = http.createServer((_, response) => response.end(JSON.stringify({ prefix, target })));
          probes.push(probe);
          await once(probe.listen(0, "127.0.0.1"), "listening");
          await this.#put(prefix, { target: `http://127.0.0.1:${probe.address().port}` });
        }
        const answer = await ask(this.#program.publicPlace, "GET", url, headers);
        return answer.status === 200 ? JSON.parse(answer.body) : undefined;
      } finally {
        for (const [prefix, data] of routes) await this.#put(prefix, data);
        probes.forEach((probe) => probe.close());
      }
    });
  }

  run() {
    return this.#inTurn(() => this.#current());
  }

  stop() {
    return this.#inTurn(async () => {
      const program = this.#program;
      this.#program = undefined;
      await program?.stop();
    });
  }

  /** One thing after the other: what comes later may need another program. */
  #inTurn(work) {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  #isWanted() {
    return this.#program !== undefined || this.proxyServer.words.length > 0;
  }

  /** Makes the running program one that has the current options. */
  async #current() {
    const words = this.#words();
    if (this.#program && this.#program.words.join("\0") === words.join("\0")) return;
    let routes = this.#early;
    if (this.#program) {
      routes = Object.entries(await this.#routes());
      await this.#program.stop();
      this.#program = undefined;
    }
    this.#program = await Program.start(words, this.authToken);
    for (const [route, data] of routes) await this.#put(route, data);
    for (const [route, { date }] of this.#said) await this.#say(route, date);
  }

  #words() {
    const options = { ...this.proxy.options, ...this };
    // One place has both; the specs change the one that the library reads.
    options.prependPath = this.proxy.options.prependPath;
    const words = this.proxyServer.words.length > 0 ? [] : ["--port", "0", "--ip", "127.0.0.1"];
    for (const port of [this.proxyServer, this.apiServer, this.metricsServer]) words.push(...port.words);
    for (const [name, flag] of Object.entries(VALUES)) {
      if (options[name] !== undefined) words.push(flag, String(options[name]));
    }
    for (const [name, [flag, value]] of Object.entries(SWITCHES)) {
      if (options[name] === value) words.push(flag);
    }
    for (const [name, content] of Object.entries(this.clientSsl ?? {})) {
      words.push(`--client-ssl-${name}`, this.#file(`client-${name}.pem`, content));
    }
    return words;
  }

  /** The original takes contents where the command line takes files. */
  #file(name, content) {
    this.folder ??= fs.mkdtempSync(path.join(HERE, "tls-"));
    const file = path.join(this.folder, name);
    fs.writeFileSync(file, content);
    return file;
  }

  async #route(route) {
    await this.#current();
    const data = (await this.#routes())[route];
    const said = this.#said.get(route) ?? {};
    if (!data) return undefined;
    const told = data.last_activity;
    return { ...data, last_activity: said.told === told ? said.date : new Date(told) };
  }

  /** No port takes the time of an activity: it is remembered here until the program notes another activity. */
  async #say(route, date) {
    const told = this.#program && (await this.#routes())[route]?.last_activity;
    this.#said.set(route, { date, told });
  }

  async #routes() {
    return JSON.parse((await this.#api("GET")).body);
  }

  async #put(route, data) {
    const answer = await this.#api("POST", route, JSON.stringify(data));
    if (answer.status !== 201) throw new Error(`Route ${route} was refused: ${answer.status} ${answer.body}`);
  }

  #api(method, route = "", body = undefined) {
    const url = `/api/routes${route.split("/").map(encodeURIComponent).join("/")}`;
    const headers = this.authToken ? { Authorization: `token ${this.authToken}` } : {};
    return ask(this.#program.apiPlace, method, url, headers, body);
  }
}

export default ConfigurableProxy;
