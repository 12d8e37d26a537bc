/** `npm run bench:scaling`: simulates every size and writes `results.json`. The largest takes 10 GB of memory, and minutes. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { SIZES, simulate } from "./simulate.js";

const results: Record<string, ReturnType<typeof simulate>> = {};
for (const size of SIZES) {
  results[size] = simulate(size);
  console.log(size, results[size]);
}
writeFileSync(join(__dirname, "results.json"), `${JSON.stringify(results, undefined, 2)}\n`);
