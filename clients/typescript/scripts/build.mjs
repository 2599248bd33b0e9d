// Builds the package twice, as ES modules and as CommonJS, and then its tests against the result.
// CommonJS needs a package.json of its own in the source folder while TypeScript looks at it: the
// module format of a file is decided by the nearest one.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const home = join(dirname(fileURLToPath(import.meta.url)), "..");
const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const compile = (...args) => {
  const run = spawnSync(process.execPath, [compiler, ...args], { cwd: home, stdio: "inherit" });
  if (run.status !== 0) process.exit(run.status ?? 1);
};
const writeType = (folder, type) =>
  writeFileSync(join(home, folder, "package.json"), `${JSON.stringify({ type })}\n`);

for (const folder of ["dist", "build"]) rmSync(join(home, folder), { recursive: true, force: true });

compile("--project", "tsconfig.json");
writeType("dist/esm", "module");

mkdirSync(join(home, "build"), { recursive: true });
cpSync(join(home, "src"), join(home, "build/commonjs"), { recursive: true });
writeType("build/commonjs", "commonjs");
const options = { rootDir: ".", outDir: "../../dist/cjs", sourceMap: false };
const project = { extends: "../../tsconfig.json", compilerOptions: options, include: ["."] };
writeFileSync(join(home, "build/commonjs/tsconfig.json"), JSON.stringify(project));
compile("--project", "build/commonjs/tsconfig.json");
writeType("dist/cjs", "commonjs");

// The tests name the package as its users do, so they are compiled against what was just built.
compile("--project", "tsconfig.test.json");
