// Runs the specs in the folder `test` beside this, all but the ones that a file names with a reason, and says what came
// of each. Usage: node run.js LEFT_OUT.json
import dns from "node:dns";
import fs from "node:fs";
import Jasmine from "jasmine";
import { afterSpec } from "./lib/configproxy.js";

const leftOut = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));

// A name of the specs that the world's DNS says is 127.0.0.1; a test asks no other machine.
const lookup = dns.lookup;
dns.lookup = (name, ...rest) => lookup(name.endsWith(".localhost.jovyan.org") ? "127.0.0.1" : name, ...rest);

const names = new Set();
const results = { passed: 0, failed: 0, "left out": 0 };

const reporter = {
  async specDone({ fullName, status, failedExpectations, passedExpectations }) {
    const printed = await afterSpec();
    const twice = names.has(fullName);
    names.add(fullName);
    let result = fullName in leftOut ? "left out" : status;
    const reasons = failedExpectations.map(({ message }) => message);
    // As a spec does that misses something and says so to nobody but the log.
    if (result === "passed" && passedExpectations.length === 0) reasons.push("It looked at nothing.");
    if (twice) reasons.push("Another spec has this name, so that a list of names can't tell them apart.");
    if (!(result in results)) reasons.push(`The suite itself has it as '${result}'.`);
    if (reasons.length > 0) result = "failed";
    results[result]++;
    console.log(`${result.padEnd(8)}  ${fullName}`);
    if (result === "left out") console.log(`          ${leftOut[fullName]}`);
    if (result === "failed") {
      for (const line of [...reasons, ...printed]) console.log(`          ${line}`);
    }
  },
};

const runner = new Jasmine({ projectBaseDir: process.cwd() });
await runner.loadConfigFile("test/config/jasmine.mjs");
runner.randomizeTests(false);
runner.exitOnCompletion = false;
runner.env.configure({ specFilter: (spec) => !(spec.getFullName() in leftOut) });
runner.clearReporters();
runner.addReporter(reporter);
const { overallStatus, failedExpectations } = await runner.execute();

let bad = results.failed > 0 || results.passed === 0;
for (const { message } of failedExpectations) console.log(`failed    outside of a spec: ${message}`);
// 'incomplete' is what it is called when some specs are left out.
if (overallStatus === "failed") bad = true;
for (const name of Object.keys(leftOut).filter((name) => !names.has(name))) {
  console.log(`failed    '${name}' is left out, and the suite has no such spec; take it off the list.`);
  bad = true;
}
console.log(`\n${Object.entries(results).map(([result, count]) => `${count} ${result}`).join(", ")}`);
process.exit(bad ? 1 : 0);
