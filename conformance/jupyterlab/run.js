// Runs the specs of some packages of JupyterLab's repository, one package after the other, and says what came of each.
// Usage: node run.js WORKSPACE LEFT_OUT.json LOG PACKAGE...
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";

const LIMIT_MINUTES = 30;
const LINES_OF_A_REASON = 12;

const [workspace, leftOutFile, logFile, ...packages] = process.argv.slice(2);
const leftOut = JSON.parse(fs.readFileSync(leftOutFile, "utf8"));
const log = fs.openSync(logFile, "w");
const names = new Set();
const results = { passed: 0, failed: 0, "left out": 0 };
let bad = false;

function failed(what, reasons) {
  results.failed++;
  console.log(`failed    ${what}`);
  for (const reason of reasons) {
    const lines = reason.split("\n").filter((line) => !/^\s+at .*node_modules/.test(line));
    for (const line of lines.slice(0, LINES_OF_A_REASON)) console.log(`          ${line}`);
  }
}

function specDone(file, { spec, status, attempts, reasons }) {
  const name = `${file} ${spec}`;
  const twice = names.has(name) && name in leftOut;
  names.add(name);
  if (twice) return failed(name, ["Another spec has this name, so that a list of names can't tell them apart."]);
  if (name in leftOut && status !== "passed") {
    results["left out"]++;
    console.log(`left out  ${name}`);
    console.log(`          ${leftOut[name]}`);
  } else if (name in leftOut) {
    failed(name, ["It is left out, and passes; take it off the list."]);
  } else if (status === "passed") {
    results.passed++;
    console.log(`passed    ${name}${attempts > 1 ? ` (attempt ${attempts})` : ""}`);
  } else {
    failed(name, status === "failed" ? reasons : [`The suite itself has it as '${status}'.`]);
  }
}

// The specs of a package that need a server; those of `services` are all about one.
function specFiles(name) {
  const folder = path.join(workspace, "packages", name, "test");
  return fs
    .readdirSync(folder, { recursive: true })
    .filter((file) => /\.spec\.tsx?$/.test(file))
    .filter((file) => name === "services" || fs.readFileSync(path.join(folder, file), "utf8").includes("JupyterServer"))
    .sort()
    .map((file) => path.join(folder, file));
}

async function run(name) {
  const jest = spawn(
    process.execPath,
    [
      path.join(workspace, "node_modules", "jest", "bin", "jest.js"),
      "--runInBand",
      "--forceExit",
      "--cacheDirectory",
      path.join(workspace, "jest-cache"),
      "--reporters",
      path.join(import.meta.dirname, "reporter.cjs"),
      "--runTestsByPath",
      ...specFiles(name),
    ],
    // A group of its own, so that a server that a spec leaves behind can be ended.
    { cwd: path.join(workspace, "packages", name), stdio: ["ignore", log, log, "pipe"], detached: true },
  );
  const end = () => {
    try {
      process.kill(-jest.pid, "SIGTERM");
    } catch (e) {
      if (e.code !== "ESRCH") throw e;
    }
  };
  const interrupted = (signal) => {
    end();
    process.exit(signal === "SIGINT" ? 130 : 143);
  };
  process.on("SIGINT", interrupted).on("SIGTERM", interrupted);
  const limit = setTimeout(() => {
    failed(name, [`Not done after ${LIMIT_MINUTES} minutes.`]);
    end();
  }, LIMIT_MINUTES * 60_000);
  const before = names.size;
  let file;
  let complete = false;
  for await (const line of readline.createInterface({ input: jest.stdio[3] })) {
    const said = JSON.parse(line);
    if (said.begin) {
      file = path.join(name, said.begin);
      console.log(`          ${file}`);
    } else if (said.broken) {
      failed(path.join(name, said.broken), said.reasons);
    } else if (said.complete) {
      complete = true;
      break;
    } else {
      specDone(file, said);
    }
  }
  clearTimeout(limit);
  process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
  end();
  if (!complete) {
    console.log(`failed    ${name}: jest ended before its specs did`);
    bad = true;
  } else if (names.size === before) {
    console.log(`failed    ${name}: it has no specs`);
    bad = true;
  }
}

for (const name of packages) await run(name);
for (const name of Object.keys(leftOut).filter((name) => !names.has(name))) {
  console.log(`failed    '${name}' is left out, and the suite has no such spec; take it off the list.`);
  bad = true;
}
console.log(`\n${Object.entries(results).map(([result, count]) => `${count} ${result}`).join(", ")}`);
process.exit(bad || results.failed > 0 || results.passed === 0 ? 1 : 0);
