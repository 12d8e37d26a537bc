/** Waits for a condition as long as it needs, and no longer than a test may take. */
const WITHIN_MS = 90_000;
const EVERY_MS = 15;

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + WITHIN_MS; !(await condition());) {
    if (performance.now() > end) throw new Error("what the test waits for did not come");
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}
