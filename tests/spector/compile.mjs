// Compiles the specs below a folder to OpenAPI 3.0 and 3.1, and writes a line of JSON for each: its name, and what the
// compiler complains about.
//
//   node compile.mjs FOLDER OUT
//
// One process compiles all: the compiler takes longer to start than to work.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { NodeHost, compile, formatDiagnostic } from "@typespec/compiler";
import { ADAPTED } from "./adapted.mjs";

const [folder, out] = process.argv.slice(2);

const VERSIONS = ["3.0.0", "3.1.0"];

function below(folder, ending) {
  return readdirSync(folder, { recursive: true }).filter((path) => path.endsWith(ending)).sort();
}

function replaced(path, pairs) {
  const text = readFileSync(path, "utf8");
  writeFileSync(path, pairs.reduce((text, [from, to]) => text.replaceAll(from, to), text));
}

async function emit(spec, target) {
  const options = {
    emit: ["@typespec/openapi3"],
    options: {
      "@typespec/openapi3": { "emitter-output-dir": target, "file-type": "json", "openapi-versions": VERSIONS },
    },
  };
  const program = await compile(NodeHost, join(spec, "main.tsp"), options);
  const errors = program.diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  return errors.map((error) => formatDiagnostic(error));
}

async function one(spec) {
  const target = join(out, spec);
  const adapted = ADAPTED[spec];
  if (!adapted) {
    return emit(join(folder, spec), target);
  }
  const copy = join(out, "..", "adapted", spec);
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  cpSync(join(folder, spec), copy, { recursive: true });
  below(copy, ".tsp").forEach((path) => replaced(join(copy, path), adapted.put));
  const errors = await emit(copy, target);
  if (errors.length === 0) {
    below(target, ".json").forEach((path) => replaced(join(target, path), adapted.back ?? []));
  }
  return errors;
}

for (const spec of below(folder, "main.tsp").map((path) => dirname(path))) {
  let errors;
  try {
    errors = await one(spec);
  } catch (error) {
    errors = [String(error)];
  }
  console.log(JSON.stringify({ spec, errors }));
}
