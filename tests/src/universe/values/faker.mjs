// Makes values of schemas: for each line `[root document, [schema names], how many]` on the input one line per schema.
import { createInterface } from "node:readline";
import vm from "node:vm";
import { generateSync } from "json-schema-faker";

const LONGEST_MS = 300;
globalThis.make = generateSync;
const script = new vm.Script("made = make(job.schema, job.options)");

// What a schema refers to, in a document of that alone: the whole would be looked through for each value.
function closure(document, pointer) {
  const found = {};
  const queue = [pointer];
  const seen = new Set(queue);
  for (let at = 0; at < queue.length; at++) {
    const keys = queue[at].split("/").slice(1).map((key) => decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~"));
    let [from, to] = [document, found];
    for (const [index, key] of keys.entries()) {
      from = from?.[key];
      if (from === undefined) break;
      if (index === keys.length - 1) to[key] = from;
      else to = to[key] ??= Array.isArray(from) ? [] : {};
    }
    references(from, (reference) => {
      if (reference.startsWith("#/") && !seen.has(reference.slice(1))) {
        seen.add(reference.slice(1));
        queue.push(reference.slice(1));
      }
    });
  }
  return found;
}

function references(node, tell) {
  if (node === null || typeof node !== "object") return;
  if (typeof node.$ref === "string") tell(node.$ref);
  for (const key in node) references(node[key], tell);
}

function one(document, pointer, seed) {
  const probability = [0.5, 1, 0, 0.8, 0.3][seed % 5];
  // Wrapped, since what stands beside a reference at the root is taken into the value.
  const schema = { ...document, type: "array", minItems: 1, maxItems: 1, items: { $ref: `#${pointer}` } };
  globalThis.job = { schema, options: { seed: seed * 7919 + 1, optionalsProbability: probability, refDepthMax: 3, maxDepth: 7 } };
  script.runInThisContext({ timeout: LONGEST_MS });
  return globalThis.made[0];
}

for await (const line of createInterface({ input: process.stdin })) {
  const [document, pointers, count] = JSON.parse(line);
  for (const pointer of pointers) {
    const values = [];
    const part = closure(document, pointer);
    for (let seed = 0, failures = 0; seed < count && failures < 3; seed++) {
      try {
        const value = one(part, pointer, seed);
        if (value !== undefined) values.push(value);
      } catch {
        failures++;
      }
    }
    process.stdout.write(JSON.stringify(values) + "\n");
  }
}
