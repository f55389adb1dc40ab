// Makes values of schemas: for each line `[root document, [schema names], how many]` on the input one line per schema.
import { createInterface } from "node:readline";
import vm from "node:vm";
import { generateSync } from "json-schema-faker";

const LONGEST_MS = 300;
globalThis.make = generateSync;
const script = new vm.Script("made = make(job.schema, job.options)");

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
    let failures = 0;
    for (let seed = 0; seed < count && failures < 3; seed++) {
      try {
        const value = one(document, pointer, seed);
        if (value !== undefined) values.push(value);
      } catch {
        failures++;
      }
    }
    process.stdout.write(JSON.stringify(values) + "\n");
  }
}
