// Makes a workspace of some packages of JupyterLab's repository, and of those they need, without the rest.
// Usage: node workspaces.js CHECKOUT FOLDER PACKAGE...
import fs from "node:fs";
import path from "node:path";

const [checkout, folder, ...wanted] = process.argv.slice(2);

const read = (...names) => JSON.parse(fs.readFileSync(path.join(checkout, ...names, "package.json"), "utf8"));

const packages = new Map();
for (const name of fs.readdirSync(path.join(checkout, "packages"))) {
  if (fs.existsSync(path.join(checkout, "packages", name, "package.json"))) {
    packages.set(`@jupyterlab/${name}`, read("packages", name));
  }
}

const needed = new Set();
function need(name) {
  if (needed.has(name) || !packages.has(name)) return;
  needed.add(name);
  const { dependencies, devDependencies } = packages.get(name);
  for (const other of Object.keys({ ...dependencies, ...devDependencies })) need(other);
}
for (const name of wanted) {
  if (!packages.has(`@jupyterlab/${name}`)) throw new Error(`${checkout} has no package ${name}.`);
  need(`@jupyterlab/${name}`);
}

const folders = [...needed].map((name) => path.join("packages", path.basename(name)));
for (const name of [...folders, "yarn.lock", ".yarnrc.yml", "tsconfigbase.json", "tsconfigbase.test.json"]) {
  // What a checkout that was built has besides would be of another machine.
  const filter = (file) => !["node_modules", "lib", "tsconfig.tsbuildinfo"].includes(path.relative(path.join(checkout, name), file));
  fs.cpSync(path.join(checkout, name), path.join(folder, name), { recursive: true, filter });
}
// A package counts on types that Yarn puts to the top because of others.
const types = {};
for (const { dependencies, devDependencies } of [...packages.values(), read("buildutils")]) {
  const all = Object.entries({ ...dependencies, ...devDependencies });
  Object.assign(types, Object.fromEntries(all.filter(([name]) => name.startsWith("@types/"))));
}

// What the repository has for itself, as linters, is no part of a suite.
const { name, packageManager, resolutions } = read();
const top = { name, private: true, packageManager, resolutions, workspaces: folders, devDependencies: types };
fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify(top, null, 2));
