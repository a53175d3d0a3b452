// Tells the process that started jest what came of each file of specs, a line of JSON each, when it did.
const fs = require("fs");
const path = require("path");

const tell = (line) => fs.writeSync(3, `${JSON.stringify(line)}\n`);

module.exports = class {
  constructor(config) {
    this.root = config.rootDir;
  }

  onTestFileStart(test) {
    tell({ begin: path.relative(this.root, test.path) });
  }

  // Not as each spec ends: one that fails and is tried again would be told several times.
  onTestFileResult(test, { testResults, testExecError: error, failureMessage }) {
    for (const { fullName, status, failureMessages, invocations } of testResults) {
      tell({ spec: fullName, status, attempts: invocations, reasons: failureMessages });
    }
    // A file that can't be compiled or loaded has no specs.
    if (error) {
      tell({ broken: path.relative(this.root, test.path), reasons: [error.stack || error.message || failureMessage] });
    }
  }

  onRunComplete() {
    tell({ complete: true });
  }
};
